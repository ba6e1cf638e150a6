//! The rules for the signature of a method.

use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ReturnType, Signature, Type, TypeTraitObject};

use crate::common::cfgs::cfgs_of;
use crate::common::errors::Errors;
use crate::common::result_type::ResultType;
use crate::common::types::{has_bound, is_named, peel, to_source};
use crate::service::model::method::Method;
use crate::service::model::response_stream::{associated_item, item_without_result, stream_item};
use crate::service::model::service::Service;
use crate::service::model::signature::receiver;
use crate::service::parse::method::MethodSyntax;
use crate::syntax::function::typed_params;

pub(super) fn check(method: &Method, errors: &mut Errors) {
    if method.has_undefined_stream {
        errors.leave_to_rustc();
    }
    let sig = &method.sig;
    if sig.asyncness.is_none() {
        let name = &sig.ident;
        let message =
            format!("method `{name}` must be async; write `async fn`, or move a helper to a separate impl");
        errors.error(sig.fn_token, message);
    } else {
        method_is_plain(sig, errors);
        method_is_not_generic(sig, errors);
        receiver_is_shared(sig, errors);
        message_is_taken_by_value(sig, method.message.as_ref(), errors);
        result_is_returned(method, errors);
        error_has_a_name(sig, errors);
    }
    if let Some(rpc) = &method.rpc {
        boxed_streams_are_send(&rpc.output.ty, errors);
        let error = ResultType::from_output(&sig.output).and_then(|result| result.error.cloned());
        let error = error.unwrap_or_else(|| syn::parse_quote!(Status));
        stream_yields_results(&rpc.output.ty, &error, errors);
    }
}

/// Reports a `#[cfg]` on the receiver or the message. Every rpc has both.
pub(super) fn message_is_always_there(written: &MethodSyntax, errors: &mut Errors) {
    let sig = &written.item.sig;
    let count = if sig.receiver().is_some() { 2 } else { 1 };
    for (input, attributes) in sig.inputs.iter().zip(&written.parameters).take(count) {
        let what = match input {
            FnArg::Receiver(_) => "`self`",
            // Metadata in this place is a mistake that is reported as well.
            FnArg::Typed(_) if attributes.metadata.is_some() => continue,
            FnArg::Typed(_) => "the message",
        };
        if let Some(cfg) = cfgs_of(input).next() {
            errors.error(cfg, format!("{what} can't have `#[cfg]`; write `#[cfg]` above the method"));
        }
    }
}

/// Reports metadata that stands before the message.
pub(super) fn message_comes_first(written: &MethodSyntax, method: &Method, errors: &mut Errors) {
    let is_receiver = written.item.sig.receiver().is_some();
    let attributes = written.parameters.iter().skip(usize::from(is_receiver));
    if let Some((first, attributes)) = typed_params(&written.item.sig).zip(attributes).next()
        && attributes.metadata.is_some()
        && method.message.is_some()
    {
        errors.error(&first.pat, "the message must be the first parameter; move this one after it");
    }
}

/// Reports `unsafe` and `extern`, which the methods of tonic's trait do not have.
fn method_is_plain(sig: &Signature, errors: &mut Errors) {
    let message = |word: &str| format!("method `{}` must be a plain `async fn`; remove `{word}`", sig.ident);
    if !matches!(sig.safety, syn::Safety::Default) {
        errors.error(&sig.safety, message("unsafe"));
    }
    if let Some(abi) = &sig.abi {
        errors.error(abi, message("extern"));
    }
}

fn method_is_not_generic(sig: &Signature, errors: &mut Errors) {
    if !sig.generics.params.is_empty() {
        let generics = to_source(&sig.generics);
        let message = format!("a method of a service can't be generic; remove `{generics}`");
        errors.error(&sig.generics, message);
    }
}

fn receiver_is_shared(sig: &Signature, errors: &mut Errors) {
    if receiver(sig).is_some() {
        return;
    }
    let name = &sig.ident;
    let message =
        format!("method `{name}` must take `&self`; or `self: Arc<Self>` if tonic-build has `use_arc_self`");
    match sig.receiver() {
        Some(receiver) => errors.error(receiver, message),
        None => errors.error(name, message),
    }
}

fn message_is_taken_by_value(sig: &Signature, message: Option<&Type>, errors: &mut Errors) {
    let name = &sig.ident;
    match message {
        None => {
            let message =
                format!("method `{name}` has no message; write `request: <message type>` after `self`");
            errors.error(name, message);
        }
        Some(Type::Reference(reference)) => {
            errors.error(reference.and_token, "the message is taken by value; remove the `&`");
        }
        Some(ty @ Type::ImplTrait(_)) => {
            errors
                .error(ty, "`impl Trait` can't be the type of a message; write `Streaming<MyRequest>` if the client streams");
        }
        Some(_) => {}
    }
}

/// Reports an error type without a name. The macro must name the type.
fn error_has_a_name(sig: &Signature, errors: &mut Errors) {
    if let Some(ResultType { error: Some(error @ Type::ImplTrait(_)), .. }) =
        ResultType::from_output(&sig.output)
    {
        errors.error(error, "`impl Trait` can't be the error of a method; write its type, such as `Status`");
    }
}

fn result_is_returned(method: &Method, errors: &mut Errors) {
    let sig = &method.sig;
    if method.hiding_alias().is_some() || ResultType::from_output(&sig.output).is_some() {
        return;
    }
    let name = &sig.ident;
    let message = format!("method `{name}` must return a `Result`, such as `Result<MyResponse, Status>`");
    match &sig.output {
        ReturnType::Default => errors.error(name, message),
        ReturnType::Type(_, ty) => errors.error(ty, message),
    }
}

/// Reports an alias that hides the `Result`, at the first method that returns it.
pub(super) fn result_is_written_out(service: &Service, method: &Method, errors: &mut Errors) {
    let Some(alias) = method.hiding_alias() else { return };
    let alias_name = to_source(alias);
    let is_same = |other: &&Method| other.hiding_alias().is_some_and(|other| to_source(other) == alias_name);
    let same: Vec<_> = service.methods.iter().filter(is_same).collect();
    if !same.first().is_some_and(|first| std::ptr::eq(*first, method)) {
        return;
    }
    let is_of_tonic = method.message.as_ref().is_some_and(|message| is_named(message, "Request"));
    let result =
        if is_of_tonic { "Result<Response<MyResponse>, Status>" } else { "Result<MyResponse, Status>" };
    let methods = match same.len() {
        1 => format!("method `{}` must write out its", method.sig.ident),
        count => format!("{count} methods must write out their"),
    };
    errors.error(alias, format!("{methods} `Result`; write `{result}` instead of `{alias_name}`"));
}

/// Reports boxed streams that are not `Send`. rustc would list everything in the box, and would not say what to write.
fn boxed_streams_are_send(output: &Type, errors: &mut Errors) {
    struct CheckBoxes<'a>(&'a mut Errors);

    impl VisitMut for CheckBoxes<'_> {
        fn visit_type_trait_object_mut(&mut self, object: &mut TypeTraitObject) {
            if has_bound(&object.bounds, "Stream") && !has_bound(&object.bounds, "Send") {
                let message = format!(
                    "a stream that is sent to a client must be `Send`; write `{} + Send`",
                    to_source(object)
                );
                self.0.error(&*object, message);
            }
            visit_mut::visit_type_trait_object_mut(self, object);
        }
    }

    CheckBoxes(errors).visit_type_mut(&mut output.clone());
}

/// Reports a stream that yields no `Result`s. The advice has the error of the method, which becomes a status as well.
fn stream_yields_results(output: &Type, error: &Type, errors: &mut Errors) {
    if stream_item(output).is_some() {
        return;
    }
    if let Some(item) = item_without_result(output).cloned().or_else(|| associated_item(output)) {
        let expected = with_results(output, &item, error);
        errors.error(output, format!("a stream of responses must yield `Result`s; write `{expected}`"));
    } else if let Type::ImplTrait(_) = peel(output) {
        errors.error(
            output,
            "a stream of responses must yield `Result`s; write `impl Stream<Item = Result<MyResponse, Status>>`",
        );
    }
}

/// Returns `ReceiverStream<Result<T, E>>` for `ReceiverStream<T>`, and the same for `impl Stream<Item = T>`.
fn with_results(output: &Type, item: &Type, error: &Type) -> String {
    let [output, item, error] = [output, item, error].map(to_source);
    let result = format!("Result<{item}, {error}>");
    let argument = |before: &str| (format!("{before}{item}>"), format!("{before}{result}>"));
    let [(only, only_result), (associated, associated_result)] = ["<", "Item = "].map(argument);
    output.replacen(&only, &only_result, 1).replacen(&associated, &associated_result, 1)
}
