use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::types::{receiver as receiver_of, response_type};
use crate::common::hygiene::local;
use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::service::model::signature::{Receiver, RpcSignature};
use crate::syntax::function::{output_span, typed_params};

/// Makes one method of tonic's trait, in the form that async-trait gives it, and the type of its stream.
pub(crate) fn trait_method(
    service: &Service,
    method: &Method,
    rpc: &RpcSignature,
    body: &TokenStream,
) -> TokenStream {
    let Method { attrs, sig, .. } = method;
    let (name, request) = (&sig.ident, local("request"));
    let (lifetime, receiver, bound) = match rpc.receiver {
        Receiver::Ref => (quote!('life0,), quote!(&'life0 self), quote!('life0: 'async_trait,)),
        Receiver::Arc => (quote!(), receiver_of(method), quote!()),
    };
    let stream = stream_type(service, method, rpc);
    let request_type = request_type(service, method, rpc);
    let output = output_type(service, method, rpc);
    // rustc reports mistakes of the whole method at its name.
    let at = Span::call_site().located_at(name.span());
    quote_spanned! {at=>
        #stream
        #(#attrs)*
        fn #name<#lifetime 'async_trait>(
            #receiver,
            #request: #request_type,
        ) -> #output
        where
            #bound
            Self: 'async_trait,
        {
            #body
        }
    }
}

/// Makes the associated type of the stream. A trait with default stubs has none.
fn stream_type(service: &Service, method: &Method, rpc: &RpcSignature) -> Option<TokenStream> {
    let stream = rpc.stream.as_ref().filter(|_| !service.has_default_stubs)?;
    let (cfgs, name, response) = (method.cfgs(), &stream.name, &rpc.response);
    // rustc reports here a type that is not the one of the rpc.
    let at = Span::call_site().located_at(output_span(&method.sig));
    let private = service.runtime.at(at);
    Some(quote_spanned!(at=> #(#cfgs)* type #name = #private::ResponseStream<#response>;))
}

/// Makes the boxed future that the method returns.
fn output_type(service: &Service, method: &Method, rpc: &RpcSignature) -> TokenStream {
    let at = Span::call_site().located_at(output_span(&method.sig));
    let private = service.runtime.at(at);
    let response = response_type(service, rpc);
    // The span covers the user's whole type, because rustc's advice replaces what the span covers.
    let (_, end) = first_and_last_span(&method.sig.output, at);
    let close = quote_spanned!(end=> >);
    quote_spanned!(at=> #private::BoxResponseFuture<'async_trait, #response #close)
}

/// Makes `Request<T>` or `Request<Streaming<T>>`. rustc reports here a request that is not the one of the rpc.
fn request_type(service: &Service, method: &Method, rpc: &RpcSignature) -> TokenStream {
    let message = &rpc.message.ty;
    let written = typed_params(&method.sig).next().map(|param| &param.ty);
    let (at, end) = first_and_last_span(&written, Span::call_site().located_at(message.span()));
    let private = service.runtime.at(at);
    let close = quote_spanned!(end=> >);
    if rpc.client_streams {
        quote_spanned!(at=> #private::Request<#private::Streaming<#message> #close)
    } else {
        quote_spanned!(at=> #private::Request<#message #close)
    }
}

/// Returns the spans of the first and the last token, without the arrow of a return type.
fn first_and_last_span(tokens: &impl ToTokens, if_empty: Span) -> (Span, Span) {
    let at = |token: TokenTree| Span::call_site().located_at(token.span());
    let is_arrow =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | '>'));
    let mut tokens = tokens.to_token_stream().into_iter().skip_while(is_arrow);
    let first = tokens.next().map_or(if_empty, at);
    (first, tokens.last().map_or(first, at))
}
