use syn::{Ident, Pat, Type};

use crate::key::Key;
use crate::result_type::is_call;

/// A parameter after the message.
pub(super) struct Param {
    pub(super) pat: Pat,
    pub(super) ty: Type,
    pub(super) source: Source,
}

/// Where the value of a parameter comes from.
pub(super) enum Source {
    Metadata(Key),
    Call,
    /// A reference: the entry that binds the parameter's name.
    Bound(Ident),
    /// A value: its type is an extractor.
    Extractor,
}

impl Param {
    pub(super) fn new(param: &syn::PatType, key: Option<Key>, is_extractor: bool) -> Self {
        let source = match (key, &*param.ty, &*param.pat) {
            (Some(key), ..) => Source::Metadata(key),
            _ if is_extractor => Source::Extractor,
            (None, ty, _) if is_call(ty) => Source::Call,
            (None, Type::Reference(_), Pat::Ident(pat)) => Source::Bound(pat.ident.clone()),
            _ => Source::Extractor,
        };
        Self { pat: (*param.pat).clone(), ty: (*param.ty).clone(), source }
    }

    /// The name of the parameter, if its pattern is no more than that.
    pub(super) fn ident(&self) -> Option<&Ident> {
        match &self.pat {
            Pat::Ident(pat) => Some(&pat.ident),
            _ => None,
        }
    }
}
