use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Path};

use super::chain::Chain;
use super::names::{call_name, chain_name};
use crate::names::mixed;
use crate::service::model::{Method, Service};
use crate::service::rpc::{Receiver, Rpc};

/// One method of tonic's trait, in the form that async-trait gives it, and the type of its stream.
pub(in crate::service) fn trait_method(
    service: &Service,
    method: &Method,
    rpc: &Rpc,
    body: &TokenStream,
) -> TokenStream {
    let private = &service.runtime;
    let Method { attrs, sig, .. } = method;
    let (name, request, reply) = (&sig.ident, mixed("request"), &rpc.reply.ty);
    let (lifetime, receiver, bound) = match rpc.receiver {
        Receiver::Ref => (quote!('life0,), quote!(&'life0 self), quote!('life0: 'async_trait,)),
        Receiver::Arc => (quote!(), sig.receiver().to_token_stream(), quote!()),
    };
    let request_type = request_type(service, method, rpc);
    // Where rustc finds that a type is not that of the rpc.
    let at = Span::call_site().located_at(method.output_span());
    let private_at = private.at(at);
    let stream = rpc.stream.as_ref().filter(|_| !service.has_default_stubs).map(|stream| {
        let (cfgs, name) = (method.cfgs(), &stream.name);
        quote_spanned!(at=> #(#cfgs)* type #name = #private_at::ReplyStream<#reply>;)
    });
    let reply = reply_type(service, rpc);
    // From the first token of the user's type to the last: that is what rustc's advice would replace.
    let (_, end) = ends(&method.sig.output, at);
    let close = quote_spanned!(end=> >);
    let output = quote_spanned!(at=> #private_at::BoxReply<'async_trait, #reply #close);
    // What is wrong with the method as a whole belongs at its name.
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

/// `Request<T>` or `Request<Streaming<T>>`, where rustc finds that it is not that of the rpc.
fn request_type(service: &Service, method: &Method, rpc: &Rpc) -> TokenStream {
    let message = &rpc.message.ty;
    let written = method.sig.inputs.iter().find_map(|input| match input {
        FnArg::Typed(param) => Some(&param.ty),
        FnArg::Receiver(_) => None,
    });
    let (at, end) = ends(&written, Span::call_site().located_at(message.span()));
    let private = service.runtime.at(at);
    let close = quote_spanned!(end=> >);
    if rpc.client_streams {
        quote_spanned!(at=> #private::Request<#private::Streaming<#message> #close)
    } else {
        quote_spanned!(at=> #private::Request<#message #close)
    }
}

/// The places of the first and the last token, without the arrow of a return type.
fn ends(tokens: &impl ToTokens, otherwise: Span) -> (Span, Span) {
    let at = |token: TokenTree| Span::call_site().located_at(token.span());
    let is_arrow =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | '>'));
    let mut tokens = tokens.to_token_stream().into_iter().skip_while(is_arrow);
    let first = tokens.next().map_or(otherwise, at);
    (first, tokens.last().map_or(first, at))
}

/// The reply, or the stream of replies.
fn reply_type(service: &Service, rpc: &Rpc) -> TokenStream {
    let (private, reply) = (&service.runtime, &rpc.reply.ty);
    match &rpc.stream {
        None => quote!(#reply),
        Some(_) if service.has_default_stubs => quote!(#private::BoxStream<#reply>),
        Some(_) => quote!(#private::ReplyStream<#reply>),
    }
}

/// The body of the trait's method, in tonic's own server.
pub(super) fn body(service: &Service, method: &Method, rpc: &Rpc) -> TokenStream {
    let private = &service.runtime;
    let [received, request] = ["received", "request"].map(mixed);
    let info = method_info(service, method, rpc);
    let taken = quote!(#private::Exchange::new(#info, #request, #private::Option::None));
    if rpc.stream.is_some() {
        let call = call_name(service, method);
        return quote!(Self::#call(self, #taken));
    }
    let whole = whole(service, method, &quote!(self));
    // Outside: a future holds what it is given beside what it makes of that.
    quote! {
        let mut #received = #taken;
        #private::Box::pin(async move { #whole })
    }
}

/// What begins a call whose reply streams: the chain outlives the trait's method, whose `&self` is then that of
/// a service of its own.
pub(super) fn stream_call(service: &Service, method: &Method) -> Option<TokenStream> {
    let rpc = method.rpc.as_ref().filter(|rpc| rpc.stream.is_some())?;
    let private = &service.runtime;
    let (cfgs, name) = (method.cfgs(), call_name(service, method));
    let (receiver, received_type, reply) =
        (method.sig.receiver(), received_type(service, rpc), reply_type(service, rpc));
    let [received, outlet, own] = ["received", "outlet", "service"].map(mixed);
    let (clone, own) = match rpc.receiver {
        Receiver::Arc => (TokenStream::new(), quote!(self)),
        Receiver::Ref => {
            // If it can't be cloned, the type is what to change.
            let self_ty = &service.self_ty;
            let at = Span::call_site().located_at(self_ty.span());
            let private = private.at(at);
            let clone =
                quote_spanned!(at=> let #own = <#self_ty as #private::CloneService>::clone_service(self););
            (clone, quote!(&#own))
        }
    };
    let whole = whole(service, method, &own);
    let opening = quote!(#private::Outlet::drive(#outlet, async move { #whole }));
    let opening = if service.has_default_stubs { quote!(#private::boxed(#opening)) } else { opening };
    Some(quote! {
        #(#cfgs)*
        fn #name(#receiver, mut #received: #received_type) -> #private::BoxReply<'static, #reply> {
            #clone
            let #outlet = #received.1.outlet();
            #private::Box::pin(#opening)
        }
    })
}

/// Runs the chain of `own`, and puts the reply together.
fn whole(service: &Service, method: &Method, own: &TokenStream) -> TokenStream {
    let private = &service.runtime;
    let chain = chain_name(service, method);
    let [received, call, exchange, rest, result] =
        ["received", "call", "exchange", "rest", "result"].map(mixed);
    quote! {
        let (#call, #exchange) = &mut #received;
        let #result = {
            let #rest = #private::pin!(#private::Option::Some(Self::#chain(#own, #call, #exchange)));
            #private::Whole::new(#call, #rest).await
        };
        #exchange.end(#call, #result)
    }
}

/// The chain, as a function of its own: a mount calls it as well, and what does not fit the trait is one mistake.
pub(super) fn chain(service: &Service, method: &Method) -> Option<TokenStream> {
    let rpc = method.rpc.as_ref()?;
    let private = &service.runtime;
    let (cfgs, name) = (method.cfgs(), chain_name(service, method));
    let receiver = match rpc.receiver {
        Receiver::Ref => quote!(&'life0 self),
        Receiver::Arc => method.sig.receiver().to_token_stream(),
    };
    let [call, exchange, hooks] = ["call", "exchange", "hooks"].map(mixed);
    let exchange_type = exchange_type(service, rpc);
    let levels = Chain::new(service, method, rpc).expand();
    // What is wrong with the method as a whole belongs at its name.
    let at = Span::call_site().located_at(method.sig.ident.span());
    Some(quote_spanned! {at=>
        #(#cfgs)*
        fn #name<'life0>(
            #receiver,
            #call: &'life0 #private::Call,
            #exchange: &'life0 mut #exchange_type,
        ) -> impl #private::Future<Output = #private::Result<(), #private::Status>> + #private::Send + 'life0 {
            async move {
                let #hooks = &mut ();
                #levels
            }
        }
    })
}

/// What a request is taken apart into: the call, and what is exchanged.
fn received_type(service: &Service, rpc: &Rpc) -> TokenStream {
    let (private, exchange) = (&service.runtime, exchange_type(service, rpc));
    quote!((#private::Call, #exchange))
}

fn exchange_type(service: &Service, rpc: &Rpc) -> TokenStream {
    let (private, shape) = (&service.runtime, shape(rpc));
    let (message, reply) = (&rpc.message.ty, &rpc.reply.ty);
    quote!(#private::#shape<#message, #reply>)
}

/// Where tonic-build puts its generated server: `GreeterServer` beside `Greeter`.
pub(super) fn server_path(service: &Service) -> Path {
    let mut server = service.trait_path.clone().expect("an impl without a trait is an error");
    if let Some(last) = server.segments.last_mut() {
        last.ident = format_ident!("{}Server", last.ident);
    }
    server
}

/// The name, path and shape, as a constant.
pub(super) fn method_info(service: &Service, method: &Method, rpc: &Rpc) -> TokenStream {
    let private = &service.runtime;
    let name = method.rpc_name();
    let service_name = match &service.wire_name {
        Some(name) => name.to_token_stream(),
        None => {
            let server = server_path(service);
            quote!(<#server<()> as #private::NamedService>::NAME)
        }
    };
    let shape = shape(rpc);
    quote!(#private::method_info!(#service_name, #name, #shape))
}

/// The name of the shape, as the runtime has it.
fn shape(rpc: &Rpc) -> TokenStream {
    match (rpc.client_streams, &rpc.stream) {
        (false, None) => quote!(Unary),
        (true, None) => quote!(ClientStreaming),
        (false, Some(_)) => quote!(ServerStreaming),
        (true, Some(_)) => quote!(Bidirectional),
    }
}
