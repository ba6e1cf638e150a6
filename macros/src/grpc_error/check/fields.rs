//! The rules for the fields of a variant.

use syn::LitStr;

use crate::common::errors::Errors;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::model::variant::Variant;
use crate::grpc_error::parse::error_item::{FieldSyntax, VariantSyntax, metadata_argument};

/// The remedy for an argument that needs a domain.
pub(super) const WRITE_DOMAIN: &str = "write `#[grpc_error(domain = \"...\")]`";

pub(super) fn check(written: &VariantSyntax, variant: &Variant, errors: &mut Errors) {
    for field in &written.fields {
        sent_field_needs_no_default(field, errors);
        unnamed_field_has_key(field, errors);
    }
    for (at, field) in variant.fields.iter().enumerate() {
        metadata_is_unique(field, &variant.fields[..at], errors);
        detail_is_unique(field, &variant.fields[..at], errors);
    }
}

fn sent_field_needs_no_default(field: &FieldSyntax, errors: &mut Errors) {
    let metadata = field.args.metadata.as_ref().map(|(key, _)| key);
    let sent = metadata.or(field.args.detail.as_ref().map(|(key, _)| key));
    if let (Some(default), Some(sent)) = (&field.args.default, sent) {
        errors.error(
            default,
            format!("a field that is sent as `{sent}` needs no `default`; remove one of them"),
        );
    }
}

fn unnamed_field_has_key(field: &FieldSyntax, errors: &mut Errors) {
    if let (Some((key, None)), syn::Member::Unnamed(_)) = (&field.args.metadata, &field.member) {
        errors.error(key, "a field without a name needs a key; write `#[status(metadata = \"key\")]`");
    }
}

fn metadata_is_unique(field: &Field, earlier: &[Field], errors: &mut Errors) {
    let Some(key) = &field.metadata else { return };
    metadata_key_is_well_formed(key, errors);
    let mut earlier = earlier.iter().filter_map(|other| other.metadata.as_ref());
    if earlier.any(|other| other.value() == key.value()) {
        errors.error(key, format!("the metadata key `{}` is given twice; choose another", key.value()));
    }
}

/// Checks the form that `google/rpc/error_details.proto` demands: `[a-z][a-zA-Z0-9-_]+`, and 64 characters at most.
fn metadata_key_is_well_formed(key: &LitStr, errors: &mut Errors) {
    let name = key.value();
    let is_well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && name.len() <= 64;
    if !is_well_formed {
        let message = format!(
            "`{name}` is not a valid metadata key; write a lower case letter, then letters, digits, `-` and `_`, as in `metadata = \"key\"`"
        );
        errors.error(key, message);
    }
}

fn detail_is_unique(field: &Field, earlier: &[Field], errors: &mut Errors) {
    let Some(kind) = field.detail else { return };
    if earlier.iter().any(|other| other.detail == Some(kind)) {
        errors.error(&field.ty, format!("another field is `{}` already; keep one", kind.key));
    }
}

/// Reports a field that is neither sent nor filled with a default. Without a domain, the client cannot tell the error from
/// others, and then an attribute on a field is the mistake.
pub(super) fn field_reaches_client(field: &Field, has_domain: bool, has_source: bool, errors: &mut Errors) {
    if !has_domain {
        if let Some(key) = &field.metadata {
            errors.error(key, format!("metadata of an error needs a domain; {WRITE_DOMAIN}"));
        } else if field.is_default {
            let message = format!("`default` is for the client, which needs a domain; {WRITE_DOMAIN}");
            errors.error(&field.ty, message);
        }
    } else if !field.is_marked() && !has_source {
        let metadata = metadata_argument(&field.member);
        let message = format!(
            "{} is not sent to the client; write `#[status({metadata})]` to send it, or `#[status(default)]` to leave it out",
            field.description()
        );
        errors.error(&field.ty, message);
    }
}
