//! The rules for the impl as a whole.

use proc_macro2::Span;
use syn::{Lifetime, Type};

use crate::common::errors::Errors;
use crate::common::lifetimes::lifetimes_outside_fn_pointers;
use crate::service::model::service::Service;

pub(super) fn check(service: &Service, errors: &mut Errors) {
    async_trait_stands_below(service, errors);
    server_is_known(service, errors);
    type_is_no_parameter(service, errors);
    type_has_a_name(service, errors);
    type_borrows_nothing(service, errors);
    streams_belong_to_methods(service, errors);
    rpcs_differ(service, errors);
}

/// Reports an `#[async_trait]` that has run first. It hides the bodies and changes all parameters.
fn async_trait_stands_below(service: &Service, errors: &mut Errors) {
    if service.methods.iter().any(|method| method.desugared.is_some()) {
        let message =
            "this attribute must stand above `#[async_trait]`; move it up, or remove `#[async_trait]`";
        errors.push(syn::Error::new(Span::call_site(), message));
    }
}

/// Reports a trait with parameters. The macro finds tonic's generated server beside the trait, and the only parameter of
/// that server is the service.
fn server_is_known(service: &Service, errors: &mut Errors) {
    if let Some(arguments) = service.trait_arguments()
        && service.wire_name.is_none()
    {
        let message = "the generated server of a trait with parameters is not known; name the service, as in `#[rpc(service = \"pkg.Greeter\")]`";
        errors.error(arguments, message);
    }
}

/// Reports an impl for all types. Rust does not allow the impl that `Mount` needs for all types.
fn type_is_no_parameter(service: &Service, errors: &mut Errors) {
    if service.is_of_type_parameter() {
        let message = "an annotated impl can't be for a type parameter; wrap this type in a struct";
        errors.error(&service.self_ty, message);
    }
}

/// Reports a tuple and other types without a name, for which Rust allows no impl of the trait.
fn type_has_a_name(service: &Service, errors: &mut Errors) {
    if service.is_of_type_without_name() {
        errors.error(&service.self_ty, "a service is a struct or an enum; wrap this type in a struct");
    }
}

/// Reports a service that borrows, because the trait demands `'static`. rustc would report each function, and each borrow
/// in it.
fn type_borrows_nothing(service: &Service, errors: &mut Errors) {
    let is_static = |name: &Lifetime| {
        let is_bound = |bound: &Lifetime| bound.ident == "static";
        name.ident == "static"
            || service
                .generics
                .lifetimes()
                .any(|param| param.lifetime == *name && param.bounds.iter().any(is_bound))
    };
    let message =
        "a service can't borrow, because it outlives every call; write `&'static T` or `Arc<T>` instead";
    if let Type::Reference(reference) = &service.self_ty
        && reference.lifetime.is_none()
    {
        errors.error(reference.and_token, message);
    }
    let lifetimes = lifetimes_outside_fn_pointers(&service.self_ty);
    for lifetime in lifetimes.iter().filter(|name| !is_static(name)) {
        errors.error(lifetime, message);
    }
}

/// Reports a type that looks like that of a stream, and that no method returns.
fn streams_belong_to_methods(service: &Service, errors: &mut Errors) {
    for name in &service.unused_streams {
        let rpc = name.to_string();
        let rpc = rpc.strip_suffix("Stream").unwrap_or(&rpc);
        let message = format!(
            "no method returns the stream `{name}`; remove it, or write `#[rpc(name = {rpc:?})]` on the method that returns it"
        );
        errors.error(name, message);
    }
}

/// Reports two methods with the same name on the wire.
fn rpcs_differ(service: &Service, errors: &mut Errors) {
    let named: Vec<_> = service.methods.iter().filter(|method| method.cfgs().next().is_none()).collect();
    for (at, method) in named.iter().enumerate() {
        let name = method.rpc_name();
        if let Some(other) = named[..at].iter().find(|other| other.rpc_name().value() == name.value()) {
            let message = format!(
                "`{}` is already the rpc of method `{}`; choose another name",
                name.value(),
                other.sig.ident
            );
            errors.error(name, message);
        }
    }
}
