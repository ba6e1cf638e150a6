use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::guards::guards;
use super::names::handler_name;
use crate::args::entry::Entry;
use crate::chain::{Chain, Innermost};
use crate::common::hygiene::{local, local_at};
use crate::common::quoting::{error_into_status, read_metadata};
use crate::service::model::method::Method;
use crate::service::model::param::{Param, Source};
use crate::service::model::service::Service;
use crate::service::model::signature::{Receiver, RpcSignature};
use crate::syntax::function::output_span;

/// The innermost level of a chain: the parameters, then the message, then the user's code, then the response.
pub(super) struct HandlerCall<'a> {
    service: &'a Service,
    method: &'a Method,
    rpc: &'a RpcSignature,
}

impl Innermost for HandlerCall<'_> {
    fn takes(&self, bound: &Ident) -> bool {
        self.method.params.iter().any(|param| param.takes(bound))
    }

    /// Declares the variables that hold the handler's future and its stream. The levels further in only refer to them, and
    /// so these levels stay small.
    fn variables(&self) -> TokenStream {
        let private = &self.service.runtime;
        let streamed = self.rpc.stream.is_some().then(|| local("streamed"));
        let slots = std::iter::once(local("held")).chain(streamed);
        quote!(#(let mut #slots = #private::pin!(#private::Option::None);)*)
    }

    fn expand(&self, chain: &Chain<'_>) -> TokenStream {
        let [call, exchange, hooks, message] = ["call", "exchange", "hooks", "message"].map(local);
        let params = self.method.params.iter().enumerate();
        let (values, arguments): (Vec<_>, Vec<_>) =
            params.map(|(index, param)| self.argument(param, index)).unzip();
        // A stream of messages may still be empty when the handler starts.
        let read = (!self.rpc.client_streams).then(|| quote!(#exchange.read_message(#call).await?;));
        let (receiver, clone) = self.receiver();
        let guards = guards(chain, self.method, &self.message_argument(&message));
        let argument = match self.method.message_name() {
            Some(name) if guards.is_some() => name.to_token_stream(),
            _ => self.message_argument(&message),
        };
        let run = self.run(&receiver, &argument, &arguments);
        let send = self.send();
        quote! {
            #(#values)*
            #read
            let #message = #exchange.receive(#call, #hooks)?;
            #guards
            #clone
            #run
            #send
        }
    }
}

impl<'a> HandlerCall<'a> {
    pub(super) fn new(service: &'a Service, method: &'a Method, rpc: &'a RpcSignature) -> Self {
        Self { service, method, rpc }
    }

    /// Makes the statement that gives a parameter its value before the message is there, and the argument to pass.
    fn argument(&self, param: &Param, index: usize) -> (TokenStream, TokenStream) {
        let (value, argument) = self.value_and_argument(param, index);
        let cfgs = &param.cfgs;
        let value = value.map(|value| quote!(#(#cfgs)* #value));
        (value.unwrap_or_default(), quote!(#(#cfgs)* #argument))
    }

    fn value_and_argument(&self, param: &Param, index: usize) -> (Option<TokenStream>, TokenStream) {
        let call = local("call");
        let argument = local(&format!("argument{index}"));
        let ty = &param.ty;
        match &param.source {
            Source::Metadata(key) => {
                let value = read_metadata(&call, key, &ty.to_token_stream());
                (Some(quote!(let #argument = #value?;)), argument.to_token_stream())
            }
            Source::Call => (None, call.to_token_stream()),
            // The name has the span of the parameter, so that rustc reports a wrong type there.
            Source::Bound(name) => {
                let mut names = self.service.chain(self.method).filter_map(Entry::name);
                let mut bound = names.find(|bound| param.takes(bound)).unwrap_or(name).clone();
                bound.set_span(bound.span().located_at(name.span()));
                (None, bound.to_token_stream())
            }
            Source::Extractor => {
                let private = &self.service.runtime;
                let value = quote!(<#ty as #private::FromCall<'_>>::from_call(#call)?);
                (Some(quote!(let #argument = #value;)), argument.to_token_stream())
            }
        }
    }

    /// Returns the service as the handler takes it, and the statement that makes it. An `Arc` is cloned, because entries
    /// borrow from it.
    fn receiver(&self) -> (TokenStream, Option<TokenStream>) {
        let (private, owned) = (&self.service.runtime, local("service"));
        match self.rpc.receiver {
            Receiver::Ref => (quote!(self), None),
            Receiver::Arc => {
                (owned.to_token_stream(), Some(quote!(let #owned = #private::Clone::clone(&self);)))
            }
        }
    }

    /// Makes the statements that run the user's code.
    fn run(&self, receiver: &TokenStream, message: &TokenStream, arguments: &[TokenStream]) -> TokenStream {
        let private = &self.service.runtime;
        let [exchange, handler, held, response] = ["exchange", "handler", "held", "response"].map(local);
        let name = handler_name(self.service, self.method);
        // rustc reports a future that cannot be sent to another thread at the method's name.
        let at = Span::call_site().located_at(self.method.sig.ident.span());
        let private_at = private.at(at);
        let arguments = quote_spanned!(at=> (#receiver, #message #(, #arguments)*));
        let run = quote_spanned!(at=> #private_at::SendHandler::checked(move || Self::#name #arguments));
        let run = quote!(#private::hold(#private::Pin::as_mut(&mut #held), #run));
        let run = if self.rpc.stream.is_some() { self.hold_stream(&run) } else { run };
        let into_status = error_into_status(private, self.rpc.error.as_ref(), output_span(&self.method.sig));
        if self.rpc.client_streams {
            quote! {
                let #handler = #private::pin!(#run);
                let #response = #exchange.until_rejected(#handler).await?.map_err(#into_status)?;
            }
        } else {
            quote!(let #response = #run.await.map_err(#into_status)?;)
        }
    }

    /// Makes the message as the handler takes it.
    fn message_argument(&self, message: &Ident) -> TokenStream {
        let (private, call) = (&self.service.runtime, local("call"));
        // The handler's signature decides between our stream and tonic's.
        let message =
            if self.rpc.client_streams { quote!(#private::Into::into(#message)) } else { quote!(#message) };
        if self.rpc.message.is_wrapped { quote!(#call.to_request(#message)) } else { message }
    }

    /// Runs a handler that returns a stream, and stores the stream in its variable.
    fn hold_stream(&self, run: &TokenStream) -> TokenStream {
        let (private, slot) = (&self.service.runtime, local("streamed"));
        let (at, value, response) = self.response();
        let private_at = private.at(at);
        let respond = quote_spanned!(at=> |#value| #private_at::SendStream::checked(#response));
        quote!(#private::hold_stream(#run, #private::Pin::as_mut(&mut #slot), #respond))
    }

    /// Returns the variable with the value that the handler returned, the response made of it, and the span of both. That
    /// is the type in the user's signature: rustc points there if a stream cannot be sent, or is not a stream.
    fn response(&self) -> (Span, Ident, TokenStream) {
        let output = output_span(&self.method.sig);
        let private = self.service.runtime.at(Span::call_site().located_at(output));
        let at = Span::mixed_site().located_at(output);
        let value = local_at("response", at);
        let response = if self.rpc.output.is_wrapped {
            quote!(#value)
        } else if self.rpc.may_hide_response {
            quote_spanned!(at=> {
                use #private::BareResponse as _;
                #private::Returned(#value).into_response()
            })
        } else {
            quote_spanned!(at=> #private::Response::new(#value))
        };
        (at, value, response)
    }

    /// Makes the expression that hands the response to the exchange.
    fn send(&self) -> TokenStream {
        let [call, exchange, hooks] = ["call", "exchange", "hooks"].map(local);
        // If the client streams, the stream of its messages has the hooks.
        let hooks = if self.rpc.client_streams { quote!(&mut ()) } else { quote!(#hooks) };
        match &self.rpc.stream {
            None => {
                let (_, _, response) = self.response();
                quote!(#exchange.send_response(#call, #response, #hooks))
            }
            Some(stream) => {
                let response = self.polled_stream();
                let error = stream.error.as_ref();
                let into_status =
                    error_into_status(&self.service.runtime, error, output_span(&self.method.sig));
                quote!(#exchange.send_stream(#call, #response, #hooks, #into_status).await)
            }
        }
    }

    /// Makes the response with the closure that polls its stream. This is the only place where the expansion asks that the
    /// type is a stream.
    fn polled_stream(&self) -> TokenStream {
        let (at, response, _) = self.response();
        let (private, item) = (self.service.runtime.at(at), &self.rpc.response);
        let [polled, context] = ["polled", "context"].map(|name| local_at(name, at));
        quote_spanned! {at=>
            #private::StreamingResponse::new(#response, |#polled, #context| {
                #private::ResponseMessages::<#item, _>::poll_response(#private::Held::get(#polled), #context)
            })
        }
    }
}
