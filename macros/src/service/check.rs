//! One function for each rule that a chain must keep.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::visit_mut::VisitMut;
use syn::{Lifetime, PathArguments, Type, TypeFnPtr};

use super::model::{Method, Service};
use super::param::{Param, Source};
use super::unseen;
use crate::args::Entry;
use crate::errors::Errors;
use crate::extract;
use crate::result_type::{CALL_IS_SHARED, is_mutable, is_named, shown};
use crate::suggest;

pub(super) fn check(service: &mut Service, errors: &mut Errors) {
    if service.trait_path.is_none() {
        let message = "this impl has no trait; write `impl <tonic service> for <type>`";
        errors.error(service.impl_token, message);
        return;
    }
    let found: Vec<_> = service.methods.iter_mut().map(|method| std::mem::take(&mut method.errors)).collect();
    let service = &*service;
    check_impl(service, errors);
    let mut reported = Vec::new();
    for (method, found) in service.methods.iter().zip(found) {
        errors.append(found);
        check_method(service, method, &mut reported, errors);
    }
}

fn check_impl(service: &Service, errors: &mut Errors) {
    async_trait_stands_below(service, errors);
    unseen::check(service, errors);
    server_is_known(service, errors);
    type_is_of_this_crate(service, errors);
    type_borrows_nothing(service, errors);
    streams_belong_to_methods(service, errors);
    rpcs_differ(service, errors);
    names_are_bound_once(&service.entries, &[], errors);
    names_are_bound_before_use(&service.entries, errors);
    entries_run_before_the_message(&service.entries, &service.methods, &[], errors);
}

/// `reported` are the names that no entry binds and of which an error says so already.
fn check_method(service: &Service, method: &Method, reported: &mut Vec<String>, errors: &mut Errors) {
    let outer: Vec<_> = service.entries.iter().filter_map(Entry::name).collect();
    if !service.lacks_entries {
        skipped_names_exist(service, method, &outer, errors);
    }
    skipped_names_are_not_needed(service, method, errors);
    names_are_bound_once(&method.entries, &outer, errors);
    names_are_bound_before_use(&method.entries, errors);
    let methods = std::slice::from_ref(method);
    entries_run_before_the_message(&method.entries, methods, &service.entries, errors);
    let names: Vec<_> = service.chain(method).filter_map(Entry::name).collect();
    for param in &method.params {
        if !service.lacks_entries && !method.lacks_entries {
            reference_is_provided(service, param, method, reported, errors);
        }
        name_is_taken_by_reference(param, &names, errors);
        call_is_shared(param, errors);
    }
}

/// async-trait, above us, has run first: it hides the bodies, and keeps no parameter as it was.
fn async_trait_stands_below(service: &Service, errors: &mut Errors) {
    if service.methods.iter().any(|method| method.desugared.is_some()) {
        let message =
            "this attribute must stand above `#[async_trait]`; move it up, or remove `#[async_trait]`";
        errors.push(syn::Error::new(Span::call_site(), message));
    }
}

/// A name on the wire is that of one method.
fn rpcs_differ(service: &Service, errors: &mut Errors) {
    let named: Vec<_> = service.methods.iter().filter(|method| method.cfgs().next().is_none()).collect();
    for (at, method) in named.iter().enumerate() {
        let name = method.rpc_name();
        if let Some(other) = named[..at].iter().find(|other| other.rpc_name().value() == name.value()) {
            let message = format!(
                "`{}` is the rpc of method `{}` already; name another",
                name.value(),
                other.sig.ident
            );
            errors.error(name, message);
        }
    }
}

/// What a name means must not depend on where it is used.
fn names_are_bound_once(entries: &[Entry], outer: &[&Ident], errors: &mut Errors) {
    let mut seen = outer.to_vec();
    for name in entries.iter().filter_map(Entry::name) {
        if seen.contains(&name) {
            errors.error(name, format!("`{name}` is bound twice; choose another name"));
        }
        seen.push(name);
    }
}

/// Entries run in order. rustc would say only that it cannot find the value.
fn names_are_bound_before_use(entries: &[Entry], errors: &mut Errors) {
    for (index, entry) in entries.iter().enumerate() {
        for name in entries[index..].iter().filter_map(Entry::name) {
            let is_bound = entries[..index].iter().any(|earlier| earlier.name() == Some(name));
            if let Some(usage) = entry.mention_of(name).filter(|_| !is_bound) {
                errors.error(
                    usage,
                    format!("`{name}` is used before it is bound; move `{name} = ...` above this entry"),
                );
            }
        }
    }
}

/// Reports an entry that uses the message, by the name that the handler gives to it. rustc would say only that it cannot
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
    // One with variables of its own may have one of that name.
    for entry in entries.iter().filter(|entry| !entry.binds_variables()) {
        for usage in messages.iter().filter_map(|name| entry.mention_of(name)) {
            let message = format!(
                "`{usage}` is not there yet: entries run before the message; what must see it is `Hooks`"
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
        // The name of another entry is no remedy: to skip that one may open the method.
        let message = if service.entries.iter().any(|entry| entry.is_unnamed_call_of(skip)) {
            format!(
                "the entry `{given}(...)` has no name; write `{given} = {given}(...)` in the list of the impl"
            )
        } else if names.is_empty() {
            format!("only a named entry of the impl can be skipped; write `{given} = ...` there")
        } else {
            format!("no entry of the impl is named `{given}`; {}", suggest::instead(&given, &names))
        };
        errors.error(skip, message);
    }
}

fn skipped_names_are_not_needed(service: &Service, method: &Method, errors: &mut Errors) {
    for skip in &method.skips {
        if service.chain(method).any(|entry| entry.mention_of(skip).is_some()) {
            errors.error(
                skip,
                format!("`{skip}` can't be skipped; another entry uses it, so leave that out as well"),
            );
        }
    }
}

/// Whether a parameter takes what is bound to a name: one that goes unused may say so.
pub(super) fn is_meant(param: &Ident, bound: &Ident) -> bool {
    param == bound || param.to_string().strip_prefix('_').is_some_and(|rest| bound == rest)
}

/// A reference is the name of an entry; a value is an extractor, which is for rustc to check.
fn reference_is_provided(
    service: &Service,
    param: &Param,
    method: &Method,
    reported: &mut Vec<String>,
    errors: &mut Errors,
) {
    let Some(name) = unprovided(service, param, method) else { return };
    let takers = takers(service, name);
    let is_shared = takers > 1 && !method.skips.contains(name);
    // One entry is missing, however many methods would use it.
    if is_shared && reported.contains(&wanted(name)) {
        return;
    }
    reported.push(wanted(name));
    let mut names: Vec<_> = service.chain(method).filter_map(Entry::name).map(ToString::to_string).collect();
    names.dedup();
    let instead = if method.skips.contains(name) {
        format!("this method skips `{name}`")
    } else if let Some(nearest) = suggest::nearest(&name.to_string(), &names) {
        format!("did you mean `{nearest}`?")
    } else if let Some(meant) = meant_otherwise(name, &param.ty) {
        meant
    } else if names.is_empty() {
        format!("name an entry, as in `#[interceptor({name} = ...)]`")
    } else {
        format!("the named entries are {}", suggest::list(&names))
    };
    let takers = if is_shared { format!(", which {takers} methods take") } else { String::new() };
    errors.error(name, format!("nothing provides `{name}`{takers}; {instead}"));
}

/// The name that an entry would have to bind: that of a parameter, without the underscores of one that is not used.
fn wanted(param: &Ident) -> String {
    param.to_string().trim_start_matches('_').to_owned()
}

/// The name of a parameter that takes what an entry provides, if no entry binds it.
fn unprovided<'a>(service: &Service, param: &'a Param, method: &Method) -> Option<&'a Ident> {
    let Source::Bound(name) = &param.source else { return None };
    let is_bound = service.chain(method).filter_map(Entry::name).any(|bound| is_meant(name, bound));
    (!is_bound).then_some(name)
}

/// The number of methods that would take a name if an entry of the impl bound it.
fn takers(service: &Service, name: &Ident) -> usize {
    let takes = |method: &&Method| {
        let lacks =
            |param| unprovided(service, param, method).is_some_and(|other| wanted(other) == wanted(name));
        !method.lacks_entries && !method.skips.contains(name) && method.params.iter().any(lacks)
    };
    service.methods.iter().filter(takes).count()
}

/// Advice for a reference that certainly is not to what an entry provides.
fn meant_otherwise(name: &Ident, ty: &Type) -> Option<String> {
    let Type::Reference(reference) = ty else { return None };
    let referred = &*reference.elem;
    if extract::is_ready_made(referred) {
        let ty = shown(referred);
        return Some(format!("an extractor is taken by value, so write `{name}: {ty}`"));
    }
    let key = name.unraw().to_string().trim_matches('_').replace('_', "-").to_lowercase();
    if is_named(referred, "str") || is_named(referred, "String") {
        Some(format!(
            "metadata is written `#[metadata({key:?})] {name}: &str`, and the value of an entry is named there, as in `#[interceptor({name} = ...)]`"
        ))
    } else if matches!(referred, Type::Slice(_)) {
        let key = format!("{key}-bin");
        Some(format!(
            "bytes are written `#[metadata({key:?})] {name}: Vec<u8>`, and the value of an entry is named there, as in `#[interceptor({name} = ...)]`"
        ))
    } else {
        None
    }
}

/// Reports `&mut Call`: all that may be changed of a call is behind methods that take `&self`.
fn call_is_shared(param: &Param, errors: &mut Errors) {
    if matches!(param.source, Source::Call) && is_mutable(&param.ty) {
        errors.error(&param.ty, CALL_IS_SHARED);
    }
}

fn name_is_taken_by_reference(param: &Param, names: &[&Ident], errors: &mut Errors) {
    let Some(name) = param.ident().filter(|name| names.contains(name)) else { return };
    if matches!(param.source, Source::Extractor) {
        errors.error(&param.ty, format!("`{name}` is provided by reference; write `{name}: &...`"));
    }
}

/// The code of the methods becomes private functions of the type.
fn type_is_of_this_crate(service: &Service, errors: &mut Errors) {
    if is_foreign(service) {
        let message = "an annotated impl must be of a struct or enum of this crate; wrap this type in one";
        errors.error(&service.self_ty, message);
    }
}

/// Reports a service that borrows. The trait demands `'static`: rustc would say so of each function, and of what it finds
/// in them.
fn type_borrows_nothing(service: &Service, errors: &mut Errors) {
    let is_static = |name: &Lifetime| {
        let is_bound = |bound: &Lifetime| bound.ident == "static";
        name.ident == "static"
            || service
                .generics
                .lifetimes()
                .any(|param| param.lifetime == *name && param.bounds.iter().any(is_bound))
    };
    for lifetime in lifetimes_in(&service.self_ty).iter().filter(|name| !is_static(name)) {
        let message =
            "a service outlives every call, and can't borrow; write `&'static T` or an `Arc<T>` in its place";
        errors.error(lifetime, message);
    }
}

fn lifetimes_in(ty: &Type) -> Vec<Lifetime> {
    struct Collect(Vec<Lifetime>);

    impl VisitMut for Collect {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            self.0.push(lifetime.clone());
        }

        /// Its lifetimes are those of its own calls.
        fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}
    }

    let mut found = Collect(Vec::new());
    found.visit_type_mut(&mut ty.clone());
    found.0
}

/// Whether the type is certainly not of this crate.
pub(super) fn is_foreign(service: &Service) -> bool {
    let self_ty = &service.self_ty;
    let is_param = match self_ty {
        Type::Path(path) => service.generics.type_params().any(|param| path.path.is_ident(&param.ident)),
        _ => false,
    };
    is_param
        || matches!(self_ty, Type::Reference(_))
        || ["Arc", "Box", "Rc"].iter().any(|name| is_named(self_ty, name))
}

/// Reports a trait with parameters. tonic's generated server stands beside the trait, and its only parameter is the service.
fn server_is_known(service: &Service, errors: &mut Errors) {
    if let Some(arguments) = parameters(service)
        && service.wire_name.is_none()
    {
        let message = "the server of a trait with parameters is not known; name the service, as in `#[rpc(service = \"pkg.Greeter\")]`";
        errors.error(arguments, message);
    }
}

/// The `<T>` of `impl Greeter<T> for MyGreeter`.
pub(super) fn parameters(service: &Service) -> Option<&PathArguments> {
    let last = service.trait_path.as_ref()?.segments.last()?;
    (!last.arguments.is_none()).then_some(&last.arguments)
}

/// A type that looks like that of a stream, and that no method replies with.
fn streams_belong_to_methods(service: &Service, errors: &mut Errors) {
    for name in &service.unused_streams {
        let rpc = name.to_string();
        let rpc = rpc.strip_suffix("Stream").unwrap_or(&rpc);
        let message = format!(
            "no method streams `{name}`; remove it, or write `#[rpc(name = {rpc:?})]` on the method that does"
        );
        errors.error(name, message);
    }
}
