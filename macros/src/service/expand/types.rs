//! Types and constants that several parts of the expansion name.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Path, ReceiverKind};

use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::service::model::signature::RpcSignature;

/// Makes the receiver of a function of the expansion. Its `self` is not the user's token: that may come from a macro of the
/// user's, and rustc would take it for another `self` than that of the function's body.
pub(super) fn receiver(method: &Method) -> TokenStream {
    match method.sig.receiver().map(|receiver| &receiver.kind) {
        Some(ReceiverKind::Typed(_, ty)) => quote!(self: #ty),
        _ => quote!(&self),
    }
}

/// Makes the type that the trait's method returns: the response, or the stream of responses.
pub(super) fn response_type(service: &Service, rpc: &RpcSignature) -> TokenStream {
    let (private, response) = (&service.runtime, &rpc.response);
    match &rpc.stream {
        None => quote!(#response),
        Some(_) if service.has_default_stubs => quote!(#private::BoxStream<#response>),
        Some(_) => quote!(#private::ResponseStream<#response>),
    }
}

/// Makes the type of the parts of a request: the call, and the exchange.
pub(super) fn received_type(service: &Service, rpc: &RpcSignature) -> TokenStream {
    let (private, exchange) = (&service.runtime, exchange_type(service, rpc));
    quote!((#private::Call, #exchange))
}

pub(super) fn exchange_type(service: &Service, rpc: &RpcSignature) -> TokenStream {
    let (private, shape) = (&service.runtime, shape(rpc));
    let (message, response) = (&rpc.message.ty, &rpc.response);
    quote!(#private::#shape<#message, #response>)
}

/// Returns the path at which tonic-build puts its generated server: `GreeterServer` beside `Greeter`.
pub(super) fn server_path(service: &Service) -> Path {
    let mut server = service.trait_path.clone().expect("an impl without a trait is an error");
    if let Some(last) = server.segments.last_mut() {
        last.ident = format_ident!("{}Server", last.ident);
    }
    server
}

/// Makes the runtime's name for the shape.
pub(super) fn shape(rpc: &RpcSignature) -> TokenStream {
    match (rpc.client_streams, &rpc.stream) {
        (false, None) => quote!(Unary),
        (true, None) => quote!(ClientStreaming),
        (false, Some(_)) => quote!(ServerStreaming),
        (true, Some(_)) => quote!(Bidirectional),
    }
}
