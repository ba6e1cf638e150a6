//! The rules for the parameters after the message.

use syn::ext::IdentExt;
use syn::{Ident, Type};

use crate::args::entry::Entry;
use crate::common::errors::Errors;
use crate::common::parameter_types::{
    CALL_IS_SHARED, extract_of_bound_value, is_builtin_extractor, is_mutable_call,
};
use crate::common::suggest;
use crate::common::types::{inner_type, is_named, to_source};
use crate::service::model::method::Method;
use crate::service::model::param::{Param, Source};
use crate::service::model::service::Service;

/// Reports a reference that no entry provides. rustc checks the parameters that are values, because their types must be
/// extractors.
pub(super) fn reference_is_provided(
    service: &Service,
    param: &Param,
    method: &Method,
    reported: &mut Vec<String>,
    errors: &mut Errors,
) {
    let Some(name) = unprovided(service, param, method) else { return };
    let takers = takers(service, name);
    let is_shared = takers > 1 && !method.skips.contains(name);
    let wanted = entry_name(name);
    // Only one entry is missing, however many methods would use it.
    if is_shared && reported.contains(&wanted) {
        return;
    }
    reported.push(wanted);
    let takers = if is_shared { format!(", which {takers} methods take") } else { String::new() };
    let remedy = remedy(service, name, param, method);
    errors.error(name, format!("nothing provides `{name}`{takers}; {remedy}"));
}

/// Returns the name of a parameter that takes what an entry provides, if no entry binds that name.
fn unprovided<'a>(service: &Service, param: &'a Param, method: &Method) -> Option<&'a Ident> {
    let Source::Bound(name) = &param.source else { return None };
    let is_bound = service.chain(method).filter_map(Entry::name).any(|bound| param.takes(bound));
    (!is_bound).then_some(name)
}

/// Returns the number of methods that would take a name if an entry of the impl bound it.
fn takers(service: &Service, name: &Ident) -> usize {
    let takes = |method: &&Method| {
        let lacks = |param| {
            unprovided(service, param, method).is_some_and(|other| entry_name(other) == entry_name(name))
        };
        !method.has_unread_entries && !method.skips.contains(name) && method.params.iter().any(lacks)
    };
    service.methods.iter().filter(takes).count()
}

/// Returns the name that an entry would have to bind. The name of an unused parameter has underscores before it.
fn entry_name(param: &Ident) -> String {
    param.to_string().trim_start_matches('_').to_owned()
}

/// Makes the part of the message that says what to write instead.
fn remedy(service: &Service, name: &Ident, param: &Param, method: &Method) -> String {
    let mut names: Vec<_> = service.chain(method).filter_map(Entry::name).map(ToString::to_string).collect();
    names.dedup();
    if method.skips.contains(name) {
        format!("this method skips it, so remove `#[skip({name})]` or this parameter")
    } else if let Some(nearest) = suggest::nearest(&name.to_string(), &names) {
        format!("did you mean `{nearest}`?")
    } else if let Some(other) = other_source(name, &param.ty) {
        other
    } else if names.is_empty() {
        format!("name an entry, as in `#[interceptor({name} = ...)]`")
    } else {
        format!("expected {}, or a new entry `{name} = ...`", suggest::or_list(&names))
    }
}

/// Makes the advice for a reference whose type tells that its value comes from elsewhere.
fn other_source(name: &Ident, ty: &Type) -> Option<String> {
    let Type::Reference(reference) = ty else { return None };
    let referred = &*reference.elem;
    if is_builtin_extractor(referred) {
        let ty = to_source(referred);
        return Some(format!("an extractor is taken by value, so write `{name}: {ty}`"));
    }
    let key = name.unraw().to_string().trim_matches('_').replace('_', "-").to_lowercase();
    if is_named(referred, "str") || is_named(referred, "String") {
        Some(format!(
            "write `#[metadata({key:?})] {name}: &str` to read metadata, or name an entry, as in `#[interceptor({name} = ...)]`"
        ))
    } else if matches!(referred, Type::Slice(_)) {
        let key = format!("{key}-bin");
        Some(format!(
            "write `#[metadata({key:?})] {name}: Vec<u8>` to read bytes, or name an entry, as in `#[interceptor({name} = ...)]`"
        ))
    } else {
        None
    }
}

pub(super) fn bound_value_is_taken_by_reference(param: &Param, names: &[&Ident], errors: &mut Errors) {
    let Some(name) = param.ident().filter(|name| names.contains(name)) else { return };
    if !matches!(param.source, Source::Extractor) {
        return;
    }
    if matches!(param.ty, Type::Reference(_)) {
        // Only `#[extract]` makes an extractor of a reference.
        errors.error(name, extract_of_bound_value(name));
    } else if let Some(reference @ Type::Reference(_)) = inner_type(&param.ty, "Option") {
        let (ty, option) = (to_source(reference), to_source(&param.ty).replacen('&', "", 1));
        errors.error(&param.ty, format!("`{name}` is provided by reference; write `{name}: {ty}`, or `{name}: &{option}` if its entry provides an `Option`"));
    } else {
        let ty = to_source(&param.ty);
        errors.error(
            &param.ty,
            format!(
                "`{name}` is provided by reference; write `{name}: &{ty}`, and to keep the value, provide an `Arc` and clone it"
            ),
        );
    }
}

/// Reports `&mut Call`: the methods that change a call take `&self`.
pub(super) fn call_is_shared(param: &Param, errors: &mut Errors) {
    if matches!(param.source, Source::Call) && is_mutable_call(&param.ty) {
        errors.error(&param.ty, CALL_IS_SHARED);
    }
}
