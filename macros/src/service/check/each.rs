//! The rules for `each(access)`, which demands an entry with this name of every method.

use syn::Ident;

use crate::args::entry::Entry;
use crate::chain::use_of;
use crate::common::errors::Errors;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Checks that each name is required once.
pub(super) fn check_impl(service: &Service, errors: &mut Errors) {
    let mut seen: Vec<&Ident> = Vec::new();
    for name in names(service) {
        if seen.contains(&name) {
            errors.error(name, format!("`{name}` is required twice; keep one"));
        }
        seen.push(name);
    }
}

/// Checks the chain of a method.
pub(super) fn check_method(service: &Service, method: &Method, errors: &mut Errors) {
    for name in names(service) {
        if !service.has_unread_entries && !method.has_unread_entries {
            method_binds(service, method, name, errors);
        }
        replaced_entry_is_not_needed(service, method, name, errors);
        entry_uses_no_later_name(service, method, name, errors);
    }
}

fn names(service: &Service) -> impl Iterator<Item = &Ident> {
    service.each.iter().flat_map(|each| &each.names).map(|demanded| &demanded.name)
}

fn method_binds(service: &Service, method: &Method, name: &Ident, errors: &mut Errors) {
    if service.chain(method).any(|entry| entry.name() == Some(name)) {
        return;
    }
    match method.skips.iter().find(|skip| *skip == name) {
        Some(skip) if service.binds(name) => errors.error(
            skip,
            format!("`{name}` can't be skipped, because each method needs one; write `{name} = ...` instead"),
        ),
        _ => {
            let method = &method.sig.ident;
            errors.error(method, format!("`{method}` has no `{name}`; write `#[interceptor({name} = ...)]`"));
        }
    }
}

/// Reports an entry of the impl that uses the value of one which the method replaces. That value is not there.
fn replaced_entry_is_not_needed(service: &Service, method: &Method, name: &Ident, errors: &mut Errors) {
    if !service.is_replaced(name, method) {
        return;
    }
    let own = method.entries.iter().chain(&method.guards);
    let Some(own) = own.filter_map(Entry::name).find(|own| *own == name) else { return };
    let kept = service.entries.iter().filter(|entry| service.applies(entry, method));
    if kept.into_iter().any(|entry| use_of(entry, name).is_some()) {
        errors.error(
            own,
            format!("`{name}` can't be replaced while an entry of the impl uses it; skip that entry"),
        );
    }
}

/// Reports an entry of the method that uses a name which is bound after the place of the entry. It stands at the place that
/// the list of the impl has for it, and not where the method has written it.
fn entry_uses_no_later_name(service: &Service, method: &Method, name: &Ident, errors: &mut Errors) {
    let levels = service.levels(method);
    let Some(entry) = method.entry(name) else { return };
    let later = levels.iter().skip_while(|level| !std::ptr::eq(**level, entry)).skip(1);
    for usage in later.filter_map(|level| level.name()).filter_map(|name| use_of(entry, name)) {
        errors.error(
            &usage,
            format!("`{usage}` is bound after `{name}` runs; bind it in the list of the impl, before `each({name})`"),
        );
    }
}
