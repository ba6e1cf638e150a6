//! Types and constants that several parts of the expansion name.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, ReceiverKind};

use super::names::info_name;
use crate::common::tokens::has_ident;
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

/// Makes the constant with the name, the path and the shape of an rpc. It is evaluated once, and all uses refer to it.
pub(super) fn method_info(service: &Service, method: &Method) -> Option<TokenStream> {
    let rpc = method.rpc.as_ref()?;
    let private = &service.runtime;
    let (cfgs, constant, name) = (method.cfgs(), info_name(service, method), method.rpc_name());
    let service_name = match &service.wire_name {
        Some(name) => name.to_token_stream(),
        None => {
            let server = server_path(service);
            quote!(<#server<()> as #private::NamedService>::NAME)
        }
    };
    let (shape, check) = (shape(rpc), check_messages(service, method, rpc));
    Some(quote! {
        #(#cfgs)*
        const #constant: &#private::MethodInfo = #private::method_info!(#service_name, #name, #shape);
        #check
    })
}

/// Makes a function for each side that does not stream. It does not compile if an alias hides that the type is a stream.
/// The function can't use the generics of the impl, nor its `Self`.
fn check_messages(service: &Service, method: &Method, rpc: &RpcSignature) -> Option<TokenStream> {
    if !service.generics.params.is_empty() {
        return None;
    }
    let message = (!rpc.client_streams).then_some(&rpc.message.ty);
    let response = rpc.stream.is_none().then_some(&rpc.response);
    let types = message.into_iter().chain(response).filter(|ty| !has_ident(ty.to_token_stream(), "Self"));
    let checks = types.map(|ty| {
        let at = Span::call_site().located_at(ty.span());
        let (cfgs, private) = (method.cfgs(), service.runtime.at(at));
        quote_spanned! {at=>
            #(#cfgs)*
            const _: () = {
                #[allow(dead_code)]
                fn check() {
                    use #private::AnyMessage as _;
                    #private::single_message(#private::expected::<#ty>().found());
                }
            };
        }
    });
    Some(quote!(#(#checks)*))
}

/// Makes the runtime's name for the shape.
fn shape(rpc: &RpcSignature) -> TokenStream {
    match (rpc.client_streams, &rpc.stream) {
        (false, None) => quote!(Unary),
        (true, None) => quote!(ClientStreaming),
        (false, Some(_)) => quote!(ServerStreaming),
        (true, Some(_)) => quote!(Bidirectional),
    }
}
