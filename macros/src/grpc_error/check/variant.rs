//! The rules for the status of a variant.

use proc_macro2::Ident;

use super::fields::{WRITE_DOMAIN, field_reaches_client};
use super::texts::{named_fields_exist, prefix_names_no_field};
use crate::common::errors::Errors;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::model::variant::{DeclaredStatus, Status, Variant};
use crate::grpc_error::parse::error_item::VariantSyntax;
use crate::grpc_error::parse::status_args::StatusArgs;
use crate::grpc_error::parse::status_code::StatusCode;

pub(super) fn check(written: &VariantSyntax, variant: &Variant, has_domain: bool, errors: &mut Errors) {
    // An attribute that could not be read is reported already.
    let Some(args) = &written.status else { return };
    match &variant.status {
        None => {
            let message = format!(
                "{} has no status; write `#[status(<code>)]` or `#[status(transparent)]`",
                written.description
            );
            errors.error(&written.name, message);
        }
        Some(Status::Transparent { .. }) => {
            if let Some(transparent) = &args.transparent {
                transparent_has_one_field(written, transparent, errors);
            }
            transparent_stands_alone(args, errors);
            transparent_field_is_unmarked(&variant.fields, errors);
            if let Some((_, prefix)) = &args.prefix {
                prefix_names_no_field(prefix, errors);
            }
        }
        Some(Status::Declared(declared)) => {
            check_declared(written, args, declared, &variant.fields, has_domain, errors);
        }
    }
}

fn transparent_has_one_field(written: &VariantSyntax, transparent: &Ident, errors: &mut Errors) {
    if written.fields.len() != 1 {
        let message = format!("{} must have exactly one field to be `transparent`", written.description);
        errors.error(transparent, message);
    }
}

/// Reports arguments beside `transparent`, because nothing can be added to the status of the field.
fn transparent_stands_alone(args: &StatusArgs, errors: &mut Errors) {
    let code = args.code.as_ref().map(StatusCode::word);
    let message = args.message.as_ref().map(|(key, _)| key);
    let reason = args.reason.as_ref().map(|(key, _)| key);
    let log = args.log.as_ref().map(|(key, _)| key);
    let keys = [code, message, reason, args.expose.as_ref(), log].into_iter().flatten();
    for key in keys.chain(args.details.iter().map(|detail| &detail.key)) {
        let message = format!(
            "`{key}` is not expected with `transparent`, which sends the status of the field; remove one of them"
        );
        errors.error(key, message);
    }
}

fn transparent_field_is_unmarked(fields: &[Field], errors: &mut Errors) {
    for field in fields.iter().filter(|field| field.is_marked()) {
        errors.error(
            &field.ty,
            "`#[status]` is not expected on the field of a `transparent` variant; remove it",
        );
    }
}

/// Checks a status that the attributes describe.
fn check_declared(
    written: &VariantSyntax,
    args: &StatusArgs,
    declared: &DeclaredStatus,
    fields: &[Field],
    has_domain: bool,
    errors: &mut Errors,
) {
    if let Some((key, _)) = &args.prefix {
        errors.error(key, "`prefix` works only with `transparent`; write `message` instead");
    }
    message_is_sent_as_written(args, &declared.code, errors);
    withheld_text_is_logged(args, declared, errors);
    if let Some((key, _)) = args.reason.as_ref().filter(|_| !has_domain) {
        errors.error(key, format!("a `reason` needs a domain; {WRITE_DOMAIN}"));
    }
    let has_source = fields.iter().any(|field| field.is_source);
    for field in fields {
        detail_is_given_once(args, field, errors);
        field_reaches_client(field, has_domain, has_source, errors);
    }
    declared.texts().for_each(|text| named_fields_exist(text, &written.description, fields, errors));
}

/// Reports a message that would not be sent, and an `expose` that has no effect.
///
/// Both depend on the code, so nothing is reported for one that is decided at run time.
fn message_is_sent_as_written(args: &StatusArgs, code: &StatusCode, errors: &mut Errors) {
    let Some(code) = code.constant() else { return };
    let name = code.name();
    match (&args.expose, &args.message) {
        (Some(expose), _) if !code.is_redacted() => {
            errors.error(expose, format!("the message of `{name}` is always sent; remove `expose`"));
        }
        (None, Some((key, _))) if code.is_redacted() => {
            errors.error(
                key,
                format!("the client receives a fixed text for `{name}`; add `expose` to send this message"),
            );
        }
        _ => {}
    }
}

/// Reports a `log = false` by which nobody would read the text of the error.
fn withheld_text_is_logged(args: &StatusArgs, declared: &DeclaredStatus, errors: &mut Errors) {
    if let Some((key, log)) = &args.log
        && !log.value
        && !declared.is_exposed
        && declared.code.is_redacted()
    {
        let name = declared.code.word();
        let message = format!("only the log has the text of `{name}`; remove `log`, or add `expose`");
        errors.error(key, message);
    }
}

/// Reports a detail that the variant gives and that a field gives as well.
fn detail_is_given_once(args: &StatusArgs, field: &Field, errors: &mut Errors) {
    if let Some(detail) = args.details.iter().find(|detail| field.detail == Some(detail.kind)) {
        let key = &detail.key;
        errors.error(key, format!("`{key}` is given twice, here and on {}; keep one", field.description()));
    }
}
