//! The rules for the names that entries bind, use and skip.

use proc_macro2::Ident;

use crate::args::entry::Entry;
use crate::chain::{
    entries_differ, is_unnamed_call_of, mutable_reference, names_are_bound_before_use, names_are_bound_once,
    reasons_are_given, use_of,
};
use crate::common::errors::Errors;
use crate::common::suggest;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Checks the list of the impl.
pub(super) fn check_impl(service: &Service, errors: &mut Errors) {
    names_are_bound_once(&service.entries, &[], errors);
    names_are_bound_before_use(&service.entries, errors);
    entries_differ(&service.entries, &[], errors);
    reasons_are_given(&service.entries, errors);
    entries_of_the_impl_use_no_message(service, errors);
    for entry in &service.entries {
        let mut methods = service.methods.iter().filter(|method| binds_message(entry, method));
        if let Some(method) = methods.find(|method| service.applies(entry, method)) {
            message_is_not_bound(entry, method, errors);
        }
    }
}

/// Checks the list of a method.
pub(super) fn check_method(service: &Service, method: &Method, errors: &mut Errors) {
    let outer: Vec<_> = service.entries.iter().filter_map(Entry::name).collect();
    // A method may bind a name that it skips or replaces.
    let is_kept = |name: &&Ident| !method.skips.contains(name) && !service.is_replaced(name, method);
    let kept: Vec<_> = outer.iter().copied().filter(is_kept).collect();
    if !service.has_unread_entries {
        skipped_names_exist(service, method, &outer, errors);
    }
    skipped_names_are_not_needed(service, method, errors);
    let own: Vec<_> = method.entries.iter().chain(&method.guards).cloned().collect();
    names_are_bound_once(&own, &kept, errors);
    match own.iter().find(|entry| binds_message(entry, method)) {
        Some(entry) => message_is_not_bound(entry, method, errors),
        None => names_are_bound_before_use(&own, errors),
    }
    let of_impl: Vec<_> = service.entries.iter().filter(|entry| service.applies(entry, method)).collect();
    entries_differ(&own, &of_impl, errors);
    reasons_are_given(&own, errors);
    guards_are_last(method, errors);
    entries_use_no_stream(service, method, errors);
    guards_change_no_message(method, errors);
}

/// Returns true if the entry binds the name of the method's message.
fn binds_message(entry: &Entry, method: &Method) -> bool {
    entry.name().is_some() && entry.name() == method.message_name()
}

/// Reports an entry that binds the name of a message. A later entry could check the value of the entry in place of the
/// message.
fn message_is_not_bound(entry: &Entry, method: &Method, errors: &mut Errors) {
    let (Some(name), method) = (entry.name(), &method.sig.ident) else { return };
    errors.error(name, format!("`{name}` is the message of `{method}`; choose another name"));
}

/// Reports an entry that stands after a guard, because the order of the list is the order in which entries run.
fn guards_are_last(method: &Method, errors: &mut Errors) {
    for entry in &method.misplaced {
        let message =
            "this entry runs before the message is there; move it above the entries that use the message";
        match entry {
            Entry::Interceptor { expr, .. } => errors.error(expr, message),
            Entry::Require { key, .. } => errors.error(&key.literal, message),
        }
    }
}

/// Reports an entry of the impl that uses a message, by the name that a method gives to it. rustc would only say that it
/// cannot find the value.
fn entries_of_the_impl_use_no_message(service: &Service, errors: &mut Errors) {
    let mut messages: Vec<_> = service.methods.iter().filter_map(Method::message_name).collect();
    messages.sort();
    messages.dedup();
    for usage in uses_of(&service.entries, &service.entries, &messages) {
        let message =
            format!("`{usage}` is the message of a method; move this entry to the list of that method");
        errors.error(usage, message);
    }
}

/// Reports an entry that uses the messages of a client that streams.
fn entries_use_no_stream(service: &Service, method: &Method, errors: &mut Errors) {
    let is_stream = method.rpc.as_ref().is_some_and(|rpc| rpc.client_streams);
    let stream = method.message_name().filter(|_| is_stream);
    let names: Vec<_> = service.entries.iter().chain(&method.entries).cloned().collect();
    for usage in uses_of(&method.entries, &names, stream.as_slice()) {
        let message =
            format!("the messages of `{usage}` arrive while the handler runs; use `Hooks` to see them");
        errors.error(usage, message);
    }
}

/// Reports an entry that borrows the message mutably. An interceptor is shared, so it has no mutable references.
fn guards_change_no_message(method: &Method, errors: &mut Errors) {
    let Some(message) = method.message_name() else { return };
    for reference in method.guards.iter().filter_map(|guard| mutable_reference(guard, message)) {
        errors.error(
            reference,
            format!(
                "an entry can't change the message; write `&{message}`, or change it in `Hooks::on_request`"
            ),
        );
    }
}

/// Returns the places where entries use one of the messages. An entry in `names` may bind the name of a message.
fn uses_of(entries: &[Entry], names: &[Entry], messages: &[&Ident]) -> Vec<Ident> {
    let is_bound = |message: &Ident| names.iter().any(|entry| entry.name() == Some(message));
    let messages = messages.iter().filter(|message| !is_bound(message));
    entries.iter().flat_map(|entry| messages.clone().filter_map(|message| use_of(entry, message))).collect()
}

fn skipped_names_exist(service: &Service, method: &Method, names: &[&Ident], errors: &mut Errors) {
    let names: Vec<_> = names.iter().map(ToString::to_string).collect();
    for skip in &method.skips {
        let given = skip.to_string();
        // A method that skips what `each(...)` demands of it has an error already.
        let is_missing = service.demands(skip) && !method.binds(skip);
        if names.contains(&given) || is_missing {
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

/// Reports a skipped name that another entry uses. An entry of the method that binds the name replaces the skipped one for
/// the entries of the method, but not for those of the impl, which run before it.
fn skipped_names_are_not_needed(service: &Service, method: &Method, errors: &mut Errors) {
    for skip in &method.skips {
        // An open method replaces the policy of the impl, and may then skip the caller that this policy uses.
        let is_kept = |entry: &&Entry| service.applies(entry, method);
        let own = || method.entries.iter().chain(&method.guards);
        let is_replaced = own().any(|entry| entry.name() == Some(skip));
        let mut users = service.entries.iter().filter(is_kept).chain(own().filter(|_| !is_replaced));
        if users.any(|entry| use_of(entry, skip).is_some()) {
            errors.error(
                skip,
                format!("`{skip}` can't be skipped while another entry uses it; remove or skip that entry"),
            );
        }
    }
}
