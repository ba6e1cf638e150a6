use proc_macro2::TokenStream;
use syn::{LitStr, ReceiverKind, ReturnType, Signature, Type, TypePath};

use super::response_stream::{ResponseStream, stream_item};
use super::stream_types::StreamTypes;
use crate::common::result_type::{ResultType, alias_without_arguments};
use crate::common::runtime_path::RuntimePath;
use crate::common::types::{inner_type, peel, type_arguments};

/// The rpc that the signature of a method describes.
pub(crate) struct RpcSignature {
    pub(crate) receiver: Receiver,
    pub(crate) message: MessageType,
    /// True if the client sends a stream of messages.
    pub(crate) client_streams: bool,
    /// The type for success: a response, or a stream of responses.
    pub(crate) output: MessageType,
    /// True if the return type may be an alias that hides tonic's `Response`.
    pub(crate) may_hide_response: bool,
    /// The message type of the responses.
    pub(crate) response: Type,
    /// The stream of the responses, if there is one.
    pub(crate) stream: Option<ResponseStream>,
    /// None if the return type is an alias such as `tonic::Result<T>`.
    pub(crate) error: Option<Type>,
}

/// The form in which a method takes the service.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Receiver {
    Ref,
    /// `self: Arc<Self>`, of tonic-build's `use_arc_self`.
    Arc,
}

/// A message type, bare or in tonic's `Request` or `Response`.
pub(crate) struct MessageType {
    pub(crate) ty: Type,
    pub(crate) is_wrapped: bool,
}

impl RpcSignature {
    /// Reads a signature. It returns None if there is no type for success.
    pub(super) fn new(
        runtime: &RuntimePath,
        sig: &Signature,
        body: &TokenStream,
        message: &Type,
        wire_name: Option<&LitStr>,
        streams: &StreamTypes<'_>,
    ) -> Option<Self> {
        let result = ResultType::from_output(&sig.output);
        let output = output_type(sig, body, result.as_ref())?;
        let may_be_alias = result.as_ref().is_some_and(|result| result.may_be_alias);
        let error = result.and_then(|result| result.error).cloned();
        let (message, client_streams) = message_type(message);
        let stream = ResponseStream::new(runtime, sig, wire_name, &output.ty, streams);
        Some(Self {
            receiver: receiver(sig).unwrap_or(Receiver::Ref),
            message,
            client_streams,
            response: stream.as_ref().map_or(&output.ty, |stream| &stream.item).clone(),
            may_hide_response: may_be_alias && !output.is_wrapped,
            output,
            stream,
            error,
        })
    }
}

/// Returns the message type, and true if the client sends a stream of it.
fn message_type(written: &Type) -> (MessageType, bool) {
    let message = MessageType::new(written, "Request");
    let item = match peel(&message.ty) {
        // `impl Stream` is a mistake, but it shows the type of the message.
        Type::ImplTrait(_) => stream_item(&message.ty).map(|(item, _)| item),
        ty => inner_type(ty, "Streaming").cloned(),
    };
    match item {
        Some(ty) => (MessageType { ty, ..message }, true),
        None => (message, false),
    }
}

/// Returns the `T` of `Wrapper<T>`, or of an alias of the wrapper. The name tells that it is an alias, as in
/// `TonicRequest<T>` or `Req<T>`: messages of protobuf have no type arguments.
fn wrapped<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let Type::Path(TypePath { path, .. }) = peel(ty) else { return None };
    let name = path.segments.last()?.ident.to_string();
    // `Req`, `Res` and `Resp` are usual as well.
    let is_short = name.ends_with(&wrapper[..3]) || name.ends_with(&wrapper[..4]);
    let is_alias = is_short || name.contains(wrapper) && !name.contains("Stream");
    match type_arguments(ty)?.as_slice() {
        [argument] if is_alias => Some(argument),
        _ => None,
    }
}

/// Returns the type for success. If the method returns no `Result`, which is a mistake, it is the return type. It returns None
/// for an alias that hides the type.
fn output_type(sig: &Signature, body: &TokenStream, result: Option<&ResultType<'_>>) -> Option<MessageType> {
    if alias_without_arguments(&sig.output, body).is_some() {
        return None;
    }
    let written = match (result, &sig.output) {
        (Some(result), _) => result.ok,
        (None, ReturnType::Type(_, ty)) => ty,
        (None, ReturnType::Default) => return None,
    };
    Some(MessageType::new(written, "Response"))
}

/// Returns the form of the receiver. It returns None for a receiver that no rpc has.
pub(crate) fn receiver(sig: &Signature) -> Option<Receiver> {
    match &sig.receiver()?.kind {
        ReceiverKind::Reference(_, None, None) => Some(Receiver::Ref),
        ReceiverKind::Typed(_, ty) if inner_type(ty, "Arc").is_some() => Some(Receiver::Arc),
        _ => None,
    }
}

impl MessageType {
    fn new(ty: &Type, wrapper: &str) -> Self {
        let ty = match ty {
            // A message by reference is a mistake.
            Type::Reference(reference) => &*reference.elem,
            ty => ty,
        };
        match wrapped(ty, wrapper) {
            Some(inner) => Self { ty: inner.clone(), is_wrapped: true },
            None => Self { ty: ty.clone(), is_wrapped: false },
        }
    }
}
