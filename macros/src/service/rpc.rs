//! What the signature of a method means.

use syn::{ReceiverKind, ReturnType, Signature, Type};

use super::stream::{ReplyStream, item_of};
use crate::errors::Errors;
use crate::result_type::{ResultType, peel, shown, unwrapped};

/// What a signature means.
pub(super) struct Rpc {
    pub(super) receiver: Receiver,
    pub(super) message: Message,
    /// Whether the client sends a stream of the message.
    pub(super) client_streams: bool,
    pub(super) reply: Message,
    /// The stream of the reply, if it is one.
    pub(super) stream: Option<ReplyStream>,
    /// Not written in an alias such as `tonic::Result<T>`.
    pub(super) error: Option<Type>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Receiver {
    Ref,
    /// `self: Arc<Self>`, of tonic-build's `use_arc_self`.
    Arc,
}

/// A message type, bare or in tonic's `Request` or `Response`.
pub(super) struct Message {
    pub(super) ty: Type,
    pub(super) is_wrapped: bool,
}

impl Rpc {
    /// What the signature means; with mistakes, what it was meant to, as far as that can be told.
    pub(super) fn new(sig: &Signature, message: Option<&Type>, errors: &mut Errors) -> Option<Self> {
        let name = &sig.ident;
        if sig.asyncness.is_none() {
            let message =
                format!("method `{name}` must be async; write `async fn`, or move it to an impl of its own");
            errors.error(sig.fn_token, message);
        } else {
            signature_is_complete(sig, message, errors);
        }
        let output = ResultType::new(&sig.output);
        let reply = match (&output, &sig.output) {
            (Some(output), _) => output.ok,
            (None, ReturnType::Type(_, ty)) => ty,
            (None, ReturnType::Default) => return None,
        };
        let mut message = Message::new(message?, "Request");
        let streamed = match peel(&message.ty) {
            // A mistake, of which it is clear what was meant.
            Type::ImplTrait(_) => item_of(&message.ty).map(|(item, _)| item),
            ty => unwrapped(ty, "Streaming").cloned(),
        };
        let client_streams = streamed.is_some();
        message.ty = streamed.unwrap_or(message.ty);
        Some(Self {
            receiver: receiver(sig).unwrap_or(Receiver::Ref),
            message,
            client_streams,
            reply: Message::new(reply, "Response"),
            stream: None,
            error: output.and_then(|output| output.error).cloned(),
        })
    }
}

fn signature_is_complete(sig: &Signature, message: Option<&Type>, errors: &mut Errors) {
    let name = &sig.ident;
    if !sig.generics.params.is_empty() {
        let generics = shown(&sig.generics);
        let message = format!("a method of a service can't be generic; remove `{generics}`");
        errors.error(&sig.generics, message);
    }
    if receiver(sig).is_none() {
        let message = format!(
            "method `{name}` must take `&self`; or `self: Arc<Self>` with tonic-build's `use_arc_self`"
        );
        match sig.receiver() {
            Some(receiver) => errors.error(receiver, message),
            None => errors.error(name, message),
        }
    }
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
                .error(ty, "a message has a type of its own; what a client streams is `Streaming<Request>`");
        }
        Some(_) => {}
    }
    if ResultType::new(&sig.output).is_none() {
        let message = format!("method `{name}` must return a `Result`, such as `Result<Reply, Status>`");
        match &sig.output {
            ReturnType::Default => errors.error(name, message),
            ReturnType::Type(_, ty) => errors.error(ty, message),
        }
    }
}

fn receiver(sig: &Signature) -> Option<Receiver> {
    match &sig.receiver()?.kind {
        ReceiverKind::Reference(_, None, None) => Some(Receiver::Ref),
        ReceiverKind::Typed(_, ty) if unwrapped(ty, "Arc").is_some() => Some(Receiver::Arc),
        _ => None,
    }
}

impl Message {
    fn new(ty: &Type, wrapper: &str) -> Self {
        let ty = match ty {
            // By reference is a mistake.
            Type::Reference(reference) => &*reference.elem,
            ty => ty,
        };
        match unwrapped(ty, wrapper) {
            Some(inner) => Self { ty: inner.clone(), is_wrapped: true },
            None => Self { ty: ty.clone(), is_wrapped: false },
        }
    }
}
