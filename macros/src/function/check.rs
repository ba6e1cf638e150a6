//! The rules for an interceptor's function, each in a function of its own.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Generics, Ident, Lifetime, Pat, PatIdent, PatType, ReturnType, Signature, Type};

use super::model::function::{Elision, Function, Kind};
use super::model::lifetimes::first_elided;
use super::model::param::{
    Param, bound_name, changed_message, extractor_by_reference, is_rest, request, rest_with,
};
use super::parse::FunctionSyntax;
use crate::args::entry::Entry;
use crate::chain::{
    entries_differ, names_are_bound_before_use, names_are_bound_once, reasons_are_given, use_of,
};
use crate::common::cfgs::cfgs;
use crate::common::errors::Errors;
use crate::common::lifetimes::lifetimes_outside_fn_pointers;
use crate::common::parameter_types::{CALL_IS_SHARED, extract_of_bound_value, is_mutable_call};
use crate::common::result_type::ResultType;
use crate::common::tokens::has_ident;
use crate::common::types::{has_bound, inner_type, is_named, is_unit, to_source};
use crate::syntax::function::{FnSyntax, typed_params};

pub(super) fn check(syntax: &FunctionSyntax, function: &Function, errors: &mut Errors) {
    let sig = &syntax.item.sig;
    let request = request(sig);
    match request {
        Some(request) => request_is_not_taken(&sig.ident, request, errors),
        None => function_is_async(sig, errors),
    }
    params_can_be_filled(sig, function, errors);
    rest_is_used(&syntax.item, errors);
    names_are_bound_once(&function.entries, &[], errors);
    names_are_bound_before_use(&function.entries, errors);
    entries_differ(&function.entries, &[], errors);
    reasons_are_given(&function.entries, errors);
    entries_need_no_self(&function.entries, errors);
    // The return type of a tonic interceptor is another one, and must not be reported as a second mistake.
    if request.is_none() {
        result_is_returned(sig, function, errors);
        provided_lifetime_is_known(function, errors);
        named_lifetime_is_not_of_the_call(sig, function, errors);
    }
}

/// Reports an interceptor in the form of tonic's, which takes a request without its message, and returns it.
fn request_is_not_taken(name: &Ident, request: &Type, errors: &mut Errors) {
    let message = format!(
        "an interceptor takes the call instead of a request; write `async fn {name}(call: &Call) -> Result<(), Status>`, and read `call.metadata()`"
    );
    errors.error(request, message);
}

fn function_is_async(sig: &Signature, errors: &mut Errors) {
    if sig.asyncness.is_none() {
        let message = format!("interceptor `{}` must be async; write `async fn`", sig.ident);
        errors.error(sig.fn_token, message);
    }
}

fn params_can_be_filled(sig: &Signature, function: &Function, errors: &mut Errors) {
    let mut has_rest = false;
    for (input, param) in typed_params(sig).zip(&function.params) {
        let ty = &input.ty;
        param_is_always_there(input, param, errors);
        match param {
            Param::Metadata(..) => {}
            Param::Extractor(_) => {
                extractor_is_taken_by_value(ty, errors);
                bound_value_is_not_extracted(input, &function.entries, errors);
            }
            Param::Call if is_mutable_call(ty) => errors.error(ty, CALL_IS_SHARED),
            Param::Call => message_is_not_changed(input, errors),
            Param::Bound(name) => bound_value_is_taken_by_reference(name, ty, errors),
            Param::Rest | Param::RestWith(_) => {
                if let Param::RestWith(provided) = param {
                    value_for_rest_is_owned(provided, errors);
                }
                if has_rest {
                    errors.error(ty, "`rest` is given twice; keep one");
                }
                has_rest = true;
            }
            Param::Plain(_) => plain_type_is_plain(ty, &function.generics, errors),
        }
    }
}

/// Reports an entry that refers to `self`, as the entries of an impl do.
fn entries_need_no_self(entries: &[Entry], errors: &mut Errors) {
    for entry in entries {
        if let Some(this) = use_of(entry, &Ident::new("self", Span::call_site())) {
            errors.error(
                this,
                "a function has no `self`; add a parameter, as in `tokens: &Tokens`, and pass it where the function is listed",
            );
        }
    }
}

/// Reports a parameter that would move what an entry of the function's list provides.
fn bound_value_is_taken_by_reference(name: &Ident, ty: &Type, errors: &mut Errors) {
    if !matches!(ty, Type::Reference(reference) if reference.mutability.is_none()) {
        let ty = to_source(ty).trim_start_matches("&mut ").to_owned();
        errors.error(name, format!("`{name}` is provided by reference; write `{name}: &{ty}`"));
    }
}

/// Reports a value for `rest` that borrows. rustc would say that an implementation is not general enough.
fn value_for_rest_is_owned(provided: &Type, errors: &mut Errors) {
    let named =
        lifetimes_outside_fn_pointers(provided).into_iter().find(|lifetime| lifetime.ident != "static");
    let borrow = named.map(|lifetime| lifetime.span()).or_else(|| first_elided(provided));
    if let Some(at) = borrow {
        let message =
            "the value for `rest` can't borrow; provide an owned value, such as a clone or an `Arc`";
        errors.push(syn::Error::new(at, message));
    }
}

/// Reports a `#[cfg]` on a parameter that the list passes, or on `rest`. Without `rest`, the function would be another kind of
/// interceptor.
fn param_is_always_there(input: &PatType, param: &Param, errors: &mut Errors) {
    if matches!(param, Param::Plain(_) | Param::Rest | Param::RestWith(_))
        && let Some(cfg) = cfgs(&input.attrs).next()
    {
        let message = "only metadata and extractors can have `#[cfg]`; write `#[cfg]` above the function";
        errors.error(cfg, message);
    }
}

fn extractor_is_taken_by_value(ty: &Type, errors: &mut Errors) {
    if let Some(extractor) = extractor_by_reference(ty) {
        let message = format!("an extractor is taken by value; write `{}`", to_source(extractor));
        errors.error(ty, message);
    }
}

/// Reports `#[extract]` on a parameter that takes what an entry of the function's list provides.
fn bound_value_is_not_extracted(input: &PatType, entries: &[Entry], errors: &mut Errors) {
    if let Some(name) = bound_name(input, entries) {
        errors.error(name, extract_of_bound_value(name));
    }
}

/// Reports a mutable reference to the message of the call. An interceptor is shared, so it has no mutable references.
fn message_is_not_changed(input: &PatType, errors: &mut Errors) {
    if let Some(name) = changed_message(input) {
        let message = format!(
            "an interceptor function can't change the message `{name}`; take `&`, or change it in `Hooks::on_request`"
        );
        errors.error(name, message);
    }
}

/// Reports a type that no list can pass and that the user certainly wrote for something else.
fn plain_type_is_plain(ty: &Type, generics: &Generics, errors: &mut Errors) {
    let is_future = match ty {
        Type::ImplTrait(ty) => has_bound(&ty.bounds, "Future"),
        Type::Path(path) => generics.type_params().any(|param| {
            path.path.is_ident(&param.ident)
                && (has_bound(&param.bounds, "Future") || has_bound(&param.bounds, "Rest"))
        }),
        _ => false,
    };
    if is_future {
        errors.error(ty, "the type of `rest` is `impl Rest`; write `rest: impl Rest`");
    } else if is_named(ty, "Call") {
        errors.error(ty, "the call is taken by reference; write `call: &Call`");
    }
}

/// Reports a `rest` that is never used. rustc would advise to call it `_rest`, and then no call would reach its handler.
/// A name that begins with an underscore says that this is on purpose.
fn rest_is_used(function: &FnSyntax, errors: &mut Errors) {
    for PatType { pat, ty, .. } in typed_params(&function.sig) {
        let Pat::Ident(PatIdent { ident, .. }) = &**pat else { continue };
        let is_on_purpose = ident.to_string().starts_with('_');
        let is_used = has_ident(function.body.tokens.clone(), &ident.unraw().to_string());
        if (is_rest(ty) || rest_with(ty).is_some()) && !is_on_purpose && !is_used {
            let rest = if is_rest(ty) { ident.to_string() } else { format!("{ident}.provide(value)") };
            let message = format!(
                "`{ident}` is never awaited, so no call would reach its handler; write `{rest}.await`, or remove `{ident}` to run only before the call"
            );
            errors.error(pat, message);
        }
    }
}

fn result_is_returned(sig: &Signature, function: &Function, errors: &mut Errors) {
    let Some(result) = ResultType::from_output(&sig.output) else {
        let provides = match &sig.output {
            ReturnType::Type(_, ty) => inner_type(ty, "Option"),
            ReturnType::Default => None,
        };
        let provides = provides.map_or_else(|| "()".to_owned(), to_source);
        let name = &sig.ident;
        let message =
            format!("interceptor `{name}` must return a `Result`, such as `Result<{provides}, Status>`");
        match &sig.output {
            ReturnType::Default => errors.error(name, message),
            ReturnType::Type(_, ty) => errors.error(ty, message),
        }
        return;
    };
    if function.kind() != Kind::Start && !is_unit(result.ok) {
        let provided = to_source(result.ok);
        let message = format!(
            "an interceptor with `rest` returns no value; return `Result<(), Status>`, and to provide one, write `rest: impl RestWith<{provided}>`"
        );
        errors.error(result.ok, message);
    }
}

fn provided_lifetime_is_known(function: &Function, errors: &mut Errors) {
    let (at, message) = match function.elision {
        Elision::Resolved | Elision::NotTried => return,
        Elision::BorrowsFromCall(at) => {
            (at, "a provided value can't borrow from the call; return an owned value")
        }
        Elision::Ambiguous(at) => (
            at,
            "a provided reference needs the lifetime of a parameter from the list; write `&'a T` in both places",
        ),
    };
    errors.push(syn::Error::new(at, message));
}

/// Reports a provided value with a lifetime that names a part of the call: `'a` in
/// `fn tenant<'a>(#[metadata("x-tenant")] tenant: &'a str) -> Result<&'a str, Status>`.
fn named_lifetime_is_not_of_the_call(sig: &Signature, function: &Function, errors: &mut Errors) {
    if !matches!(function.elision, Elision::Resolved) {
        return;
    }
    let Some(result) = ResultType::from_output(&sig.output) else { return };
    let from_call = typed_params(sig).zip(&function.params).filter(|(_, param)| param.is_from_call());
    let lifetimes: Vec<_> =
        from_call.flat_map(|(input, _)| lifetimes_outside_fn_pointers(&input.ty)).collect();
    let mut provided = lifetimes_outside_fn_pointers(result.ok).into_iter();
    let is_of_the_call = |lifetime: &Lifetime| lifetime.ident != "static" && lifetimes.contains(lifetime);
    if let Some(lifetime) = provided.find(is_of_the_call) {
        let message = format!(
            "a provided value can't borrow from the call; remove `{lifetime}`, and return an owned value"
        );
        errors.error(lifetime, message);
    }
}
