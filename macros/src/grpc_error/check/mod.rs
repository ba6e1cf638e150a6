//! The rules for an error type, each in a function of its own.

mod error_type;
mod fields;
mod texts;
mod variant;

use super::model::error_type::ErrorType;
use super::parse::error_item::ErrorSyntax;
use crate::common::errors::Errors;

pub(super) use error_type::domain_is_well_formed;

pub(super) fn check(syntax: ErrorSyntax, model: &ErrorType, errors: &mut Errors) {
    errors.append(syntax.errors);
    error_type::defaults_fit_all_variants(&syntax.defaults, errors);
    let has_domain = model.domain.is_some();
    for (mut written, variant) in syntax.variants.into_iter().zip(&model.variants) {
        errors.append(std::mem::take(&mut written.errors));
        fields::check(&written, variant, errors);
        variant::check(&written, variant, has_domain, errors);
    }
    if has_domain {
        error_type::reasons_differ(&model.variants, errors);
    }
}
