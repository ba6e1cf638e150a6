//! The rules for `each(access)`, which demands an entry with this name of every method.

use syn::{Expr, Ident};

use crate::args::entry::Entry;
use crate::chain::use_of;
use crate::common::errors::Errors;
use crate::common::expressions::peel_expr;
use crate::common::suggest;
use crate::common::types::{path_ends_in, to_source};
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Checks that each name is required once, and that the macro can find the descriptor for an option.
pub(super) fn check_impl(service: &Service, errors: &mut Errors) {
    let options =
        service.each.iter().flat_map(|each| &each.names).filter_map(|demanded| demanded.option.as_ref());
    for option in options.filter(|_| service.wire_name.is_some()) {
        errors.error(option, "with `service = \"...\"`, an option can't be checked; remove one of the two");
    }
    for entry in service.entries.iter().chain(service.methods.iter().flat_map(|method| &method.entries)) {
        policy_holds_for_each_rpc(service, entry, errors);
    }
    names_are_spelt_as_bound(service, errors);
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

/// Reports a policy that holds for some methods only, and leaves the others open.
fn policy_holds_for_each_rpc(service: &Service, entry: &Entry, errors: &mut Errors) {
    let Entry::Interceptor { name: Some(name), expr } = entry else { return };
    let Expr::Call(call) = peel_expr(expr) else { return };
    let Expr::Path(function) = &*call.func else { return };
    if service.demands(name) && ["only", "except"].iter().any(|word| path_ends_in(&function.path, word)) {
        let word = to_source(&function.path);
        errors.error(
            function,
            format!(
                "`{word}` leaves methods without `{name}`; write `{name} = ...` above each of these methods"
            ),
        );
    }
}

fn names(service: &Service) -> impl Iterator<Item = &Ident> {
    service.each.iter().flat_map(|each| &each.names).map(|demanded| &demanded.name)
}

fn method_binds(service: &Service, method: &Method, name: &Ident, errors: &mut Errors) {
    let is_bound = service.chain(method).any(|entry| entry.name() == Some(name));
    if is_bound || misspelt_in_each(service, name).is_some() {
        return;
    }
    let ident = &method.sig.ident;
    if let Some(skip) = method.skips.iter().find(|skip| *skip == name) {
        errors.error(
            skip,
            format!("`{name}` can't be skipped, because each method needs one; write `{name} = ...` instead"),
        );
    } else if let Some(misspelt) = misspelt_in_method(service, method, name) {
        errors.error(
            misspelt,
            format!("`{ident}` has no `{name}`; did you mean `{name}` instead of `{misspelt}`?"),
        );
    } else {
        errors.error(ident, format!("`{ident}` has no `{name}`; write `#[interceptor({name} = ...)]`"));
    }
}

/// Reports a name that no entry binds, if an entry of the impl has a similar name.
fn names_are_spelt_as_bound(service: &Service, errors: &mut Errors) {
    for name in names(service) {
        if let Some(bound) = misspelt_in_each(service, name) {
            errors.error(name, format!("no entry is named `{name}`; did you mean `{bound}`?"));
        }
    }
}

/// Returns the name of the impl's entry that a name of `each(...)` most likely means. No entry has that name.
fn misspelt_in_each<'a>(service: &'a Service, name: &Ident) -> Option<&'a Ident> {
    let has_unread =
        service.has_unread_entries || service.methods.iter().any(|method| method.has_unread_entries);
    let is_bound = service.binds(name) || service.methods.iter().any(|method| method.binds(name));
    let bound = service.entries.iter().filter_map(Entry::name).filter(|bound| !service.demands(bound));
    similar(name, bound).filter(|_| !has_unread && !is_bound)
}

/// Returns the name of the method's own entry that most likely means the name of `each(...)`.
fn misspelt_in_method<'a>(service: &Service, method: &'a Method, name: &Ident) -> Option<&'a Ident> {
    let own = method.entries.iter().chain(&method.guards).filter_map(Entry::name);
    similar(name, own.filter(|own| !service.demands(own)))
}

fn similar<'a>(name: &Ident, candidates: impl Iterator<Item = &'a Ident>) -> Option<&'a Ident> {
    let candidates: Vec<_> = candidates.collect();
    let texts: Vec<_> = candidates.iter().map(ToString::to_string).collect();
    let nearest = suggest::nearest(&name.to_string(), &texts)?;
    candidates.into_iter().find(|candidate| *candidate == nearest)
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
            format!("`{name}` can't be replaced while an entry of the impl uses it; replace or skip that entry too"),
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
