use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, LitStr};

use super::field::Field;
use crate::common::case::screaming_snake_case;
use crate::grpc_error::parse::detail::Detail;
use crate::grpc_error::parse::detail_kind::Kind;
use crate::grpc_error::parse::error_item::VariantSyntax;
use crate::grpc_error::parse::status_args::StatusArgs;
use crate::grpc_error::parse::status_code::StatusCode;
use crate::grpc_error::parse::text::Text;

pub(crate) struct Variant {
    /// None for a struct.
    pub(crate) ident: Option<Ident>,
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) fields: Vec<Field>,
    /// None if the status is missing or could not be read, which is a mistake.
    pub(crate) status: Option<Status>,
}

/// The place that the status of a variant comes from.
pub(crate) enum Status {
    Declared(DeclaredStatus),
    /// The status of the only field is sent.
    Transparent {
        prefix: Option<Text>,
    },
}

/// A status that the attributes describe.
pub(crate) struct DeclaredStatus {
    pub(crate) code: StatusCode,
    pub(crate) is_exposed: bool,
    /// True if the log need not have the sources.
    pub(crate) is_unlogged: bool,
    /// None if the message is the error's `Display`.
    pub(crate) message: Option<Text>,
    pub(crate) reason: LitStr,
    pub(crate) details: Vec<Detail>,
}

impl Variant {
    pub(super) fn new(syntax: &VariantSyntax, defaults: &StatusArgs) -> Self {
        let mut fields: Vec<_> = syntax.fields.iter().map(Field::new).collect();
        let status = syntax.status.as_ref().and_then(|args| match args.transparent {
            Some(_) => {
                let prefix = args.prefix.as_ref().map(|(_, prefix)| prefix.clone());
                Some(Status::Transparent { prefix })
            }
            None => DeclaredStatus::new(&syntax.name, args, defaults, &fields).map(Status::Declared),
        });
        if let Some(Status::Declared(declared)) = &status {
            let code = declared.code.variable();
            fields.iter_mut().for_each(|field| field.is_code = code == Some(&field.binding));
            if !declared.has_expressions() {
                // A constant of the user's may have the name of a field.
                fields.iter_mut().for_each(Field::hide_binding);
            }
        }
        let ident = syntax.is_variant.then(|| syntax.name.clone());
        Self { ident, cfgs: syntax.cfgs.clone(), fields, status }
    }

    /// Returns the status if the attributes describe it.
    pub(crate) fn declared_status(&self) -> Option<&DeclaredStatus> {
        match &self.status {
            Some(Status::Declared(declared)) => Some(declared),
            _ => None,
        }
    }
}

impl DeclaredStatus {
    fn new(name: &Ident, args: &StatusArgs, defaults: &StatusArgs, fields: &[Field]) -> Option<Self> {
        let code = args.code.as_ref().or(defaults.code.as_ref())?.clone();
        let is_exposed = args.expose.is_some() || defaults.expose.is_some();
        let log = args.log.as_ref().or(defaults.log.as_ref());
        let default_message = defaults.message.as_ref().filter(|_| is_exposed || !code.is_redacted());
        let message = args.message.as_ref().or(default_message).map(|(_, message)| message.clone());
        let reason = match &args.reason {
            Some((_, reason)) => reason.clone(),
            None => LitStr::new(&screaming_snake_case(&name.unraw().to_string()), name.span()),
        };
        let is_given = |kind: &Kind| {
            args.details.iter().any(|detail| detail.kind == kind)
                || fields.iter().any(|field| field.detail == Some(kind))
        };
        let defaults = defaults.details.iter().filter(|detail| !is_given(detail.kind));
        let details = args.details.iter().chain(defaults).cloned().collect();
        let is_unlogged = log.is_some_and(|(_, log)| !log.value);
        Some(Self { code, is_exposed, is_unlogged, message, reason, details })
    }

    /// Returns true if there are expressions, which may use any field by its name.
    pub(crate) fn has_expressions(&self) -> bool {
        self.code.constant().is_none()
            || self.texts().any(|text| matches!(text, Text::Expr(_)))
            || self.details.iter().any(Detail::is_expr)
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.message.iter().chain(self.details.iter().flat_map(Detail::texts))
    }
}
