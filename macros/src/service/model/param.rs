use syn::{Attribute, Ident, Pat, PatType, Type};

use crate::args::parameter::ParameterAttributes;
use crate::chain::is_named_by;
use crate::common::cfgs::cfgs;
use crate::common::metadata_key::MetadataKey;
use crate::common::parameter_types::is_call;

/// A parameter after the message.
pub(crate) struct Param {
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    pub(crate) source: Source,
    /// The `#[cfg]` attributes of the parameter.
    pub(crate) cfgs: Vec<Attribute>,
}

/// The place that the value of a parameter comes from.
pub(crate) enum Source {
    Metadata(MetadataKey),
    Call,
    /// The entry that binds the parameter's name. The parameter is a reference.
    Bound(Ident),
    /// The extractor that is the parameter's type. The parameter is a value.
    Extractor,
}

impl Param {
    pub(super) fn new(param: &PatType, attributes: &ParameterAttributes) -> Self {
        let source = match (&attributes.metadata, &*param.ty, &*param.pat) {
            (Some(key), ..) => Source::Metadata(key.clone()),
            _ if attributes.is_extractor => Source::Extractor,
            (None, ty, _) if is_call(ty) => Source::Call,
            (None, Type::Reference(_), Pat::Ident(pat)) => Source::Bound(pat.ident.clone()),
            _ => Source::Extractor,
        };
        Self {
            pat: (*param.pat).clone(),
            ty: (*param.ty).clone(),
            source,
            cfgs: cfgs(&param.attrs).cloned().collect(),
        }
    }

    /// Returns the name of the parameter, if its pattern is only a name.
    pub(crate) fn ident(&self) -> Option<&Ident> {
        match &self.pat {
            Pat::Ident(pat) => Some(&pat.ident),
            _ => None,
        }
    }

    /// Returns true if the parameter takes what an entry binds to this name.
    pub(crate) fn takes(&self, bound: &Ident) -> bool {
        matches!(&self.source, Source::Bound(name) if is_named_by(name, bound))
    }
}
