//! What attributes must not say together.

use proc_macro2::Ident;
use syn::{Expr, ExprLit, Lit, LitStr, Member};

use super::model::{Field, Status, Variant};
use super::parse::{FieldArgs, StatusArgs};
use crate::codes::Code;
use crate::errors::Errors;

const DOMAIN: &str = "write `#[grpc_error(domain = \"...\")]`";

/// `domain = "..."`, as far as it can be seen.
pub(super) fn domain(domain: Option<&Expr>, errors: &mut Errors) {
    let Some(Expr::Lit(ExprLit { lit: Lit::Str(domain), .. })) = domain else { return };
    if domain.value().is_empty() || domain.value().contains(char::is_whitespace) {
        errors.error(domain, "not a domain; write a name such as `calculator.example.com`");
    }
}

/// What an enum says for all of its variants.
pub(super) fn defaults(args: &Option<StatusArgs>, errors: &mut Errors) {
    let Some(args) = args else { return };
    let reason = args.reason.as_ref().map(|(key, _)| key);
    let prefix = args.prefix.as_ref().map(|(key, _)| key);
    for key in [reason, prefix, args.transparent.as_ref()].into_iter().flatten() {
        errors.error(key, format!("`{key}` is not expected here; it belongs on a variant"));
    }
}

pub(super) fn transparent(
    what: &str,
    transparent: &Ident,
    args: &StatusArgs,
    fields: &[Field],
    errors: &mut Errors,
) {
    if fields.len() != 1 {
        errors.error(transparent, format!("{what} must have exactly one field to be `transparent`"));
    }
    let message = |key: &Ident| {
        format!(
            "`{key}` is not expected with `transparent`, which hands on the status of the field; remove one"
        )
    };
    if let Some(code) = &args.code {
        errors.error(code.name(), message(code.name()));
    }
    let keys = [args.message.as_ref().map(|(key, _)| key), args.reason.as_ref().map(|(key, _)| key)];
    let keys =
        keys.into_iter().flatten().chain(&args.expose).chain(args.details.iter().map(|detail| &detail.key));
    for key in keys {
        errors.error(key, message(key));
    }
    for field in fields.iter().filter(|field| field.is_marked()) {
        errors.error(
            &field.ty,
            "`#[status]` is not expected on the field of a `transparent` variant; remove it",
        );
    }
    if let Some((_, prefix)) = &args.prefix {
        prefix.names_no_field(errors);
    }
}

/// A status of its own.
pub(super) fn own(code: &Code, has_domain: bool, args: &StatusArgs, fields: &[Field], errors: &mut Errors) {
    let name = code.name();
    if let Some((key, _)) = &args.prefix {
        errors.error(key, "`prefix` is for `transparent` alone; write `message`");
    }
    match (&args.expose, &args.message) {
        (Some(expose), _) if !code.is_redacted() => {
            errors.error(expose, format!("the message of `{name}` is sent without `expose`; remove it"));
        }
        (None, Some((key, _))) if code.is_redacted() => {
            errors.error(
                key,
                format!(
                    "a client reads a fixed text for `{name}`; write `expose` as well to send this message"
                ),
            );
        }
        _ => {}
    }
    if let Some((key, _)) = args.reason.as_ref().filter(|_| !has_domain) {
        errors.error(key, format!("a `reason` needs a domain; {DOMAIN}"));
    }
    for field in fields {
        if let Some(detail) = args.details.iter().find(|detail| field.detail == Some(detail.kind)) {
            let key = &detail.key;
            errors.error(key, format!("`{key}` is given twice, here and by {}; keep one", field.shown()));
        }
        self::travels(has_domain, field, fields, errors);
    }
}

/// Whether the client will have the field.
fn travels(has_domain: bool, field: &Field, fields: &[Field], errors: &mut Errors) {
    if !has_domain {
        if let Some(key) = &field.metadata {
            errors.error(key, format!("metadata of an error needs a domain; {DOMAIN}"));
        } else if field.is_default {
            errors.error(&field.ty, format!("`default` is for the client, who needs a domain; {DOMAIN}"));
        }
    } else if !field.is_marked() && !fields.iter().any(|field| field.is_source) {
        let metadata = metadata_of(&field.member);
        let message = format!(
            "{} does not reach the client; write `#[status(default)]`, or `#[status({metadata})]` to send it",
            field.shown()
        );
        errors.error(&field.ty, message);
    }
}

/// The argument by which a field is sent as metadata. A field without a name needs a key.
pub(super) fn metadata_of(member: &Member) -> &'static str {
    match member {
        Member::Named(_) => "metadata",
        Member::Unnamed(_) => "metadata = \"key\"",
    }
}

/// One field.
pub(super) fn field(args: &FieldArgs, errors: &mut Errors) {
    let sent = args.metadata.as_ref().map(|(key, _)| key).or(args.detail.as_ref().map(|(key, _)| key));
    if let (Some(default), Some(sent)) = (&args.default, sent) {
        errors.error(default, format!("a field that is sent as `{sent}` needs no `default`; remove one"));
    }
}

/// The fields of one variant.
pub(super) fn no_field_twice(fields: &[Field], errors: &mut Errors) {
    for (at, field) in fields.iter().enumerate() {
        let earlier = &fields[..at];
        field.metadata.iter().for_each(|key| self::key(key, errors));
        if let Some(key) = &field.metadata
            && earlier
                .iter()
                .filter_map(|other| other.metadata.as_ref())
                .any(|other| other.value() == key.value())
        {
            errors.error(key, format!("the key `{}` is given twice; choose another", key.value()));
        }
        if let Some(kind) = field.detail
            && earlier.iter().any(|other| other.detail == Some(kind))
        {
            errors.error(&field.ty, format!("a second field is `{}`; keep one", kind.key));
        }
    }
}

/// `[a-z][a-zA-Z0-9-_]+`, says `google/rpc/error_details.proto`, and 64 characters at most.
fn key(key: &LitStr, errors: &mut Errors) {
    let name = key.value();
    let is_well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && name.len() <= 64;
    if !is_well_formed {
        let message = format!(
            "`{name}` is not a valid key; write `metadata = \"key\"`, of a lower case letter, then letters, digits, `-` and `_`"
        );
        errors.error(key, message);
    }
}

/// An error is known by its reason.
pub(super) fn reasons(has_domain: bool, variants: &[Variant], errors: &mut Errors) {
    if !has_domain {
        return;
    }
    let reasons: Vec<_> = variants
        .iter()
        .filter(|variant| variant.cfgs.is_empty())
        .filter_map(|variant| match &variant.status {
            Status::Own(own) => Some(&own.reason),
            Status::Transparent { .. } => None,
        })
        .collect();
    for (at, reason) in reasons.iter().enumerate() {
        self::reason(reason, errors);
        if reasons[..at].iter().any(|other| other.value() == reason.value()) {
            let message = format!("the reason `{}` is given twice; choose another", reason.value());
            errors.error(reason, message);
        }
    }
}

/// `[A-Z][A-Z0-9_]+[A-Z0-9]`, says `google/rpc/error_details.proto`, and 63 characters at most.
fn reason(reason: &LitStr, errors: &mut Errors) {
    let text = reason.value();
    let is_upper = |c: char| c.is_ascii_uppercase();
    let is_well_formed = text.starts_with(is_upper)
        && !text.ends_with('_')
        && text.chars().all(|c| is_upper(c) || c.is_ascii_digit() || c == '_')
        && text.len() <= 63;
    if !is_well_formed {
        let message = format!(
            "`{text}` is not a valid reason; write `reason = \"OUT_OF_STOCK\"`, of up to 63 `A-Z`, `0-9` and `_`"
        );
        errors.error(reason, message);
    }
}
