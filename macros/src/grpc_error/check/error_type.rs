//! The rules for the type as a whole.

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::common::errors::Errors;
use crate::grpc_error::model::variant::{DeclaredStatus, Variant};
use crate::grpc_error::parse::status_args::StatusArgs;

/// Checks the domain if it is a literal. The value of an expression is not known here.
pub(crate) fn domain_is_well_formed(domain: Option<&Expr>, errors: &mut Errors) {
    let Some(Expr::Lit(ExprLit { lit: Lit::Str(domain), .. })) = domain else { return };
    if domain.value().is_empty() || domain.value().contains(char::is_whitespace) {
        errors.error(domain, "not a valid domain; write a name such as `calculator.example.com`");
    }
}

/// Reports arguments on an enum that only one variant can have.
pub(super) fn defaults_fit_all_variants(args: &StatusArgs, errors: &mut Errors) {
    let reason = args.reason.as_ref().map(|(key, _)| key);
    let prefix = args.prefix.as_ref().map(|(key, _)| key);
    for key in [reason, prefix, args.transparent.as_ref()].into_iter().flatten() {
        errors.error(key, format!("`{key}` is not expected here; it belongs on a variant"));
    }
}

/// Reports two variants with the same reason, by which a client tells them apart.
pub(super) fn reasons_differ(variants: &[Variant], errors: &mut Errors) {
    let unconditional = variants.iter().filter(|variant| variant.cfgs.is_empty());
    let declared: Vec<_> = unconditional.filter_map(Variant::declared_status).collect();
    for (at, DeclaredStatus { reason, .. }) in declared.iter().enumerate() {
        reason_is_well_formed(reason, errors);
        if declared[..at].iter().any(|other| other.reason.value() == reason.value()) {
            let message = format!("the reason `{}` is given twice; choose another", reason.value());
            errors.error(reason, message);
        }
    }
}

/// Checks the form that `google/rpc/error_details.proto` demands: `[A-Z][A-Z0-9_]+[A-Z0-9]`, and 63 characters at most.
fn reason_is_well_formed(reason: &LitStr, errors: &mut Errors) {
    let text = reason.value();
    let is_upper = |c: char| c.is_ascii_uppercase();
    let is_well_formed = text.starts_with(is_upper)
        && !text.ends_with('_')
        && text.chars().all(|c| is_upper(c) || c.is_ascii_digit() || c == '_')
        && text.len() <= 63;
    if !is_well_formed {
        let message = format!(
            "`{text}` is not a valid reason; write up to 63 of `A-Z`, `0-9` and `_`, as in `reason = \"OUT_OF_STOCK\"`"
        );
        errors.error(reason, message);
    }
}
