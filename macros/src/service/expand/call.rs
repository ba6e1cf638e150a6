//! The functions that run the chain of a method.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::handler_call::HandlerCall;
use super::names::{chain_name, info_name, stream_call_name};
use super::order;
use super::recorded;
use super::types::{exchange_type, received_type, receiver, response_type};
use crate::args::entry::Entry;
use crate::chain::{Chain, with_entries};
use crate::common::hygiene::local;
use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::service::model::signature::{Receiver, RpcSignature};

/// Makes the body of the trait's method, which tonic's own server calls.
pub(super) fn body(service: &Service, method: &Method, rpc: &RpcSignature) -> TokenStream {
    let private = &service.runtime;
    let [received, request] = ["received", "request"].map(local);
    let info = info_name(service, method);
    let parts = quote!(#private::Exchange::new(#info, #request, #private::Option::None));
    let order = order::check_at_build(service, method);
    if rpc.stream.is_some() {
        let call = stream_call_name(service, method);
        return quote!(#order Self::#call(self, #parts));
    }
    let run = run_chain(service, method, &quote!(self));
    // The request is taken apart before the future starts. Otherwise the future would hold the request and its parts.
    quote! {
        #order
        let mut #received = #parts;
        #private::Box::pin(async move { #run })
    }
}

/// Makes the function that begins a call whose response streams. The chain outlives the trait's method, and so it needs a
/// service of its own.
pub(super) fn stream_call(service: &Service, method: &Method) -> Option<TokenStream> {
    let rpc = method.rpc.as_ref().filter(|rpc| rpc.stream.is_some())?;
    let private = &service.runtime;
    let (cfgs, name) = (method.cfgs(), stream_call_name(service, method));
    let (receiver, received_type, response) =
        (receiver(method), received_type(service, rpc), response_type(service, rpc));
    let [received, sender] = ["received", "sender"].map(local);
    let (clone, owned) = owned_service(service, rpc);
    let run = run_chain(service, method, &owned);
    let future = quote!(#private::HeadersFuture::start(#sender, async move { #run }));
    let future = if service.has_default_stubs { quote!(#private::box_stream(#future)) } else { future };
    Some(quote! {
        #(#cfgs)*
        fn #name(#receiver, mut #received: #received_type) -> #private::BoxResponseFuture<'static, #response> {
            #clone
            let #sender = #received.1.response_sender();
            #private::Box::pin(#future)
        }
    })
}

/// Makes the statement that clones the service, and the receiver that the chain takes.
fn owned_service(service: &Service, rpc: &RpcSignature) -> (TokenStream, TokenStream) {
    let Receiver::Ref = rpc.receiver else { return (TokenStream::new(), quote!(self)) };
    let owned = local("service");
    let self_ty = &service.self_ty;
    // rustc reports a type that cannot be cloned at the type, because that is what to change.
    let at = Span::call_site().located_at(self_ty.span());
    let private = service.runtime.at(at);
    let clone = quote_spanned!(at=> let #owned = <#self_ty as #private::CloneService>::clone_service(self););
    (clone, quote!(&#owned))
}

/// Makes the statements that run the chain of `receiver` and put the response together.
fn run_chain(service: &Service, method: &Method, receiver: &TokenStream) -> TokenStream {
    let private = &service.runtime;
    let chain = chain_name(service, method);
    let [received, call, exchange, rest, result] =
        ["received", "call", "exchange", "rest", "result"].map(local);
    quote! {
        let (#call, #exchange) = &mut #received;
        let #result = {
            let #rest = #private::pin!(#private::Option::Some(Self::#chain(#receiver, #call, #exchange)));
            #private::CallFuture::new(#call, #rest).await
        };
        #exchange.end(#call, #result)
    }
}

/// Makes the function that runs the chain. The trait's method and the mount share it, so that rustc reports a type that does
/// not fit the trait only once.
pub(super) fn chain(service: &Service, method: &Method) -> Option<TokenStream> {
    let rpc = method.rpc.as_ref()?;
    let private = &service.runtime;
    let (cfgs, name) = (method.cfgs(), chain_name(service, method));
    let receiver = match rpc.receiver {
        Receiver::Ref => quote!(&'life0 self),
        Receiver::Arc => receiver(method),
    };
    let [call, exchange] = ["call", "exchange"].map(local);
    let exchange_type = exchange_type(service, rpc);
    let recorded = recorded::recorded(service, method);
    let future = chain_future(service, method, rpc, &recorded);
    let (types, known, future) = with_entries(private, &recorded, future);
    let order = order::checks_in_chain(service, method, &recorded);
    // rustc reports mistakes of the whole method at its name.
    let at = Span::call_site().located_at(method.sig.ident.span());
    Some(quote_spanned! {at=>
        #(#cfgs)*
        fn #name<'life0>(
            #receiver,
            #call: &'life0 #private::Call,
            #exchange: &'life0 mut #exchange_type,
        ) -> impl #private::Future<Output = #private::Result<(), #private::Status>> + #private::Send #known + 'life0 {
            #types
            #order
            #future
        }
    })
}

/// Makes the future of the chain.
fn chain_future(
    service: &Service,
    method: &Method,
    rpc: &RpcSignature,
    recorded: &[(&Entry, Ident)],
) -> TokenStream {
    let (private, hooks) = (&service.runtime, local("hooks"));
    let (message, response) = (&rpc.message.ty, &rpc.response);
    let levels = Chain {
        runtime: private,
        entries: service.levels(method),
        messages: quote!(#private::Rpc<#message, #response>),
        shares_hooks: rpc.client_streams,
        recorded,
        guards: &method.guards,
        innermost: &HandlerCall::new(service, method, rpc),
    };
    let levels = levels.expand();
    quote! {
        async move {
            let #hooks = &mut ();
            #levels
        }
    }
}
