//! The rules for an annotated impl, each in a function of its own.

mod each;
mod entry_names;
mod implementation;
mod params;
mod signature;
mod unguarded;
mod unimplemented;

use super::model::method::Method;
use super::model::service::Service;
use super::parse::service::ServiceSyntax;
use crate::args::entry::Entry;
use crate::common::errors::Errors;

pub(super) fn check(syntax: ServiceSyntax, service: &Service, errors: &mut Errors) {
    if service.trait_path.is_none() {
        let message = "this impl has no trait; write `impl <tonic service> for <type>`";
        errors.error(service.impl_token, message);
        return;
    }
    implementation::check(service, errors);
    unguarded::check(service, errors);
    unimplemented::check(service, errors);
    entry_names::check_impl(service, errors);
    each::check_impl(service, errors);
    let mut reported = Vec::new();
    for (mut written, method) in syntax.methods.into_iter().zip(&service.methods) {
        errors.append(std::mem::take(&mut written.errors));
        signature::message_is_always_there(&written, errors);
        signature::message_comes_first(&written, method, errors);
        signature::check(method, errors);
        signature::result_is_written_out(service, method, errors);
        check_chain(service, method, &mut reported, errors);
    }
}

/// Checks the chain of one method. `reported` holds the names that no entry binds and that have an error already.
fn check_chain(service: &Service, method: &Method, reported: &mut Vec<String>, errors: &mut Errors) {
    entry_names::check_method(service, method, errors);
    each::check_method(service, method, errors);
    let names: Vec<_> = service.chain(method).filter_map(Entry::name).collect();
    for param in &method.params {
        if !service.has_unread_entries && !method.has_unread_entries {
            params::reference_is_provided(service, param, method, reported, errors);
        }
        params::bound_value_is_taken_by_reference(param, &names, errors);
        params::call_is_shared(param, errors);
    }
}
