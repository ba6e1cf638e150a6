use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{LitStr, Member, Type};

use crate::common::hygiene::local;
use crate::grpc_error::parse::detail_kind::Kind;
use crate::grpc_error::parse::error_item::FieldSyntax;

pub(crate) struct Field {
    pub(crate) member: Member,
    /// The variable that texts use: the field's name, or `_0`.
    pub(crate) binding: Ident,
    pub(crate) ty: Type,
    /// The key under which the field is sent in the metadata of `ErrorInfo`.
    pub(crate) metadata: Option<LitStr>,
    /// The detail that the field is sent as.
    pub(crate) detail: Option<&'static Kind>,
    /// True if the client fills the field with its default.
    pub(crate) is_default: bool,
    /// True if the value of the field is the code of the status.
    pub(crate) is_code: bool,
    /// True if an attribute has a mistake, so that its meaning is not known.
    pub(crate) is_unread: bool,
    /// True if the field holds the cause of the error, which stays with the service.
    pub(crate) is_source: bool,
}

impl Field {
    pub(super) fn new(syntax: &FieldSyntax) -> Self {
        let binding = match &syntax.member {
            Member::Named(name) => name.clone(),
            Member::Unnamed(index) => format_ident!("_{}", index.index),
        };
        let metadata = metadata_key(syntax);
        let lacks_key = syntax.args.metadata.is_some() && metadata.is_none();
        Self {
            member: syntax.member.clone(),
            binding,
            ty: syntax.ty.clone(),
            metadata,
            detail: syntax.args.detail.as_ref().map(|(_, kind)| *kind),
            is_default: syntax.args.default.is_some(),
            is_code: false,
            is_unread: syntax.is_unread || lacks_key,
            is_source: syntax.is_source,
        }
    }

    /// Returns the name of the field in a format string.
    pub(crate) fn name(&self) -> String {
        match &self.member {
            Member::Named(name) => name.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// Returns the name of the field in a message.
    pub(crate) fn description(&self) -> String {
        format!("field `{}`", self.name())
    }

    /// Returns true if an attribute says what the client receives of the field.
    pub(crate) fn is_marked(&self) -> bool {
        self.metadata.is_some() || self.detail.is_some() || self.is_default || self.is_code || self.is_unread
    }

    /// Gives the variable a name that cannot collide with the user's.
    pub(super) fn hide_binding(&mut self) {
        self.binding = local(&format!("field_{}", self.name()));
    }
}

/// Returns the key of a field that is sent as metadata: the given one, or the field's name.
fn metadata_key(syntax: &FieldSyntax) -> Option<LitStr> {
    let (_, key) = syntax.args.metadata.as_ref()?;
    match (key, &syntax.member) {
        (Some(key), _) => Some(key.clone()),
        (None, Member::Named(name)) => Some(LitStr::new(&name.unraw().to_string(), name.span())),
        (None, Member::Unnamed(_)) => None,
    }
}
