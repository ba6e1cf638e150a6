//! The rules for the names that entries bind, use and skip.

use proc_macro2::Ident;

use super::entry_use::{binds_variables, is_unnamed_call_of, use_of};
use crate::args::entry::Entry;
use crate::common::errors::Errors;
use crate::common::suggest;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Checks the list of the impl.
pub(super) fn check_impl(service: &Service, errors: &mut Errors) {
    names_are_bound_once(&service.entries, &[], errors);
    names_are_bound_before_use(&service.entries, errors);
    entries_run_before_the_message(&service.entries, &service.methods, &[], errors);
}

/// Checks the list of a method.
pub(super) fn check_method(service: &Service, method: &Method, errors: &mut Errors) {
    let outer: Vec<_> = service.entries.iter().filter_map(Entry::name).collect();
    if !service.has_unread_entries {
        skipped_names_exist(service, method, &outer, errors);
    }
    skipped_names_are_not_needed(service, method, errors);
    names_are_bound_once(&method.entries, &outer, errors);
    names_are_bound_before_use(&method.entries, errors);
    let methods = std::slice::from_ref(method);
    entries_run_before_the_message(&method.entries, methods, &service.entries, errors);
}

/// Reports a name that two entries bind. It would mean different values in different places.
fn names_are_bound_once(entries: &[Entry], outer: &[&Ident], errors: &mut Errors) {
    let mut seen = outer.to_vec();
    for name in entries.iter().filter_map(Entry::name) {
        if seen.contains(&name) {
            errors.error(name, format!("`{name}` is bound twice; choose another name"));
        }
        seen.push(name);
    }
}

/// Reports an entry that uses the name of a later one. rustc would only say that it cannot find the value.
fn names_are_bound_before_use(entries: &[Entry], errors: &mut Errors) {
    for (index, entry) in entries.iter().enumerate() {
        for name in entries[index..].iter().filter_map(Entry::name) {
            let is_bound = entries[..index].iter().any(|earlier| earlier.name() == Some(name));
            if let Some(usage) = use_of(entry, name).filter(|_| !is_bound) {
                errors.error(
                    usage,
                    format!("`{name}` is used before it is bound; move `{name} = ...` above this entry"),
                );
            }
        }
    }
}

/// Reports an entry that uses the message, by the name that the handler gives to it. rustc would only say that it cannot
/// find the value.
fn entries_run_before_the_message(
    entries: &[Entry],
    methods: &[Method],
    outer: &[Entry],
    errors: &mut Errors,
) {
    let is_bound = |name: &Ident| outer.iter().chain(entries).any(|entry| entry.name() == Some(name));
    let messages = methods.iter().filter_map(Method::message_name).filter(|name| !is_bound(name));
    let mut messages: Vec<_> = messages.collect();
    messages.sort();
    messages.dedup();
    // An entry with variables of its own may have one of that name.
    for entry in entries.iter().filter(|entry| !binds_variables(entry)) {
        for usage in messages.iter().filter_map(|name| use_of(entry, name)) {
            let message = format!(
                "the message `{usage}` arrives after the entries have run; use `Hooks` to see messages"
            );
            errors.error(usage, message);
        }
    }
}

fn skipped_names_exist(service: &Service, method: &Method, names: &[&Ident], errors: &mut Errors) {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    for skip in &method.skips {
        let given = skip.to_string();
        if names.contains(&given) {
            continue;
        }
        // The message never proposes the name of another entry as a replacement: to skip that one may open the method.
        let message = if service.entries.iter().any(|entry| is_unnamed_call_of(entry, skip)) {
            format!(
                "the entry `{given}(...)` has no name; write `{given} = {given}(...)` in the list of the impl"
            )
        } else if names.is_empty() {
            format!("only a named entry of the impl can be skipped; write `{given} = ...` there")
        } else {
            format!("no entry of the impl is named `{given}`; {}", suggest::did_you_mean(&given, &names))
        };
        errors.error(skip, message);
    }
}

fn skipped_names_are_not_needed(service: &Service, method: &Method, errors: &mut Errors) {
    for skip in &method.skips {
        if service.chain(method).any(|entry| use_of(entry, skip).is_some()) {
            errors.error(
                skip,
                format!("`{skip}` can't be skipped while another entry uses it; remove or skip that entry"),
            );
        }
    }
}
