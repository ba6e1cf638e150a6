use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::names::handler_name;
use crate::args::{Entry, Failure};
use crate::fragments::{into_status, read};
use crate::names::{local, mixed};
use crate::service::check::is_meant;
use crate::service::model::{Method, Service};
use crate::service::param::{Param, Source};
use crate::service::rpc::{Receiver, Rpc};

/// The number of levels that stand in each other, before the next one is put into a box. rustc's depth limit would allow
/// for one or two more.
const LEVELS_IN_A_BOX: usize = 20;

/// The chain of one method: places in front, then an `async` block for each interceptor, in the one before it.
pub(super) struct Chain<'a> {
    service: &'a Service,
    method: &'a Method,
    rpc: &'a Rpc,
}

impl<'a> Chain<'a> {
    pub(super) fn new(service: &'a Service, method: &'a Method, rpc: &'a Rpc) -> Self {
        Self { service, method, rpc }
    }

    pub(super) fn expand(&self) -> TokenStream {
        let entries: Vec<_> = self.service.chain(self.method).collect();
        let places = self.last_taken().is_none().then(|| self.places());
        let levels = self.level(&entries);
        let private = &self.service.runtime;
        let has_interceptors = entries.iter().any(|entry| matches!(entry, Entry::Interceptor { .. }));
        let import = has_interceptors.then(|| quote!(use #private::AnyListed as _;));
        quote!(#import #places #levels)
    }

    /// The places of the handler's future and of its stream. They stand as far out as what the handler borrows allows: the
    /// levels further in only refer to them, and so they are small.
    fn places(&self) -> TokenStream {
        let private = &self.service.runtime;
        let streamed = self.rpc.stream.is_some().then(|| mixed("streamed"));
        let held = std::iter::once(mixed("held")).chain(streamed);
        quote!(#(let mut #held = #private::pin!(#private::Option::None);)*)
    }

    /// The name of the innermost entry of which the handler takes the value.
    fn last_taken(&self) -> Option<&'a Ident> {
        let is_taken = |bound: &&Ident| {
            let takes = |param: &Param| matches!(&param.source, Source::Bound(name) if is_meant(name, bound));
            self.method.params.iter().any(takes)
        };
        self.service.chain(self.method).filter_map(Entry::name).filter(is_taken).last()
    }

    /// Returns true if the rest behind an entry is put into a box, where `inner` are the entries further in. Each level counts
    /// against rustc's depth limit, and in a box the count begins anew.
    fn is_boxed(&self, inner: &[&Entry]) -> bool {
        let count = |entries: &mut dyn Iterator<Item = &Entry>| {
            entries.filter(|entry| matches!(entry, Entry::Interceptor { .. })).count()
        };
        let further_in = count(&mut inner.iter().copied());
        let up_to_here = count(&mut self.service.chain(self.method)) - further_in;
        further_in > 0 && up_to_here.is_multiple_of(LEVELS_IN_A_BOX)
    }

    /// The first entry with everything further in.
    fn level(&self, entries: &[&Entry]) -> TokenStream {
        match entries {
            [] => self.handler(),
            [Entry::Interceptor { name, expr }, inner @ ..] => self.interceptor(name.as_ref(), expr, inner),
            [Entry::Require { binding, key, failure }, inner @ ..] => {
                let private = &self.service.runtime;
                let inner = self.level(inner);
                let text = if key.is_binary() { quote!(#private::Bytes) } else { quote!(&str) };
                let ty = binding.as_ref().map_or(text, |(_, ty)| ty.to_token_stream());
                let read = read(&mixed("call"), key, &ty);
                let failure = self.failure(failure);
                let value = mixed("value");
                let bind = binding.as_ref().map(|(name, _)| self.bind(name, &value));
                quote! {
                    let #value = #read #failure?;
                    #bind
                    #inner
                }
            }
        }
    }

    fn interceptor(&self, name: Option<&Ident>, expr: &Expr, inner: &[&Entry]) -> TokenStream {
        // All that can be wrong here is the entry, so errors point at it.
        let at = Span::mixed_site().located_at(expr.span());
        let is_boxed = self.is_boxed(inner);
        let inner = self.level(inner);
        let private = self.service.runtime.at(at);
        let [entry, provided, own, level, rest, result] =
            ["entry", "provided", "own", "level", "rest", "result"].map(|name| local(name, at));
        let [call, hooks] = ["call", "hooks"].map(mixed);
        let (message, reply) = (&self.rpc.message.ty, &self.rpc.reply.ty);
        let bind = name.map(|name| self.bind(name, &provided));
        let rpc = quote!(#private::Rpc<#message, #reply>);
        let (keep, all) = if self.rpc.client_streams {
            let fitted = quote_spanned!(at=> #private::Call::fit::<#rpc, _>(#own));
            let keep = quote_spanned!(at=> #private::Call::keep_to_lend(#call, #fitted, #hooks));
            (keep, quote_spanned!(at=> &mut #level))
        } else {
            let keep = quote_spanned!(at=> #private::Call::keep::<#rpc, _>(#call, #own, #hooks));
            (keep, quote_spanned!(at=> #private::Level::hooks(&mut #level)))
        };
        let inner = quote_spanned!(at=> async { #inner });
        let inner = if is_boxed { quote_spanned!(at=> #private::boxed_rest(#inner)) } else { inner };
        let made = made(expr, &entry, &private, at);
        quote_spanned! {at=>
            #made
            let (#provided, #own) = #private::Interceptor::start(&#entry, #call).await?;
            let mut #level = #keep;
            let #result = {
                let #hooks = #all;
                #bind
                let #rest = #private::pin!(#private::Option::Some(#inner));
                #private::Interceptor::guard(&#entry, #call, &#provided, #rest).await
            };
            #private::Finishing::finish(#level, #result)
        }
    }

    /// The innermost level: parameters, then the message, then the user's code, then the reply.
    fn handler(&self) -> TokenStream {
        let private = &self.service.runtime;
        let [call, exchange, hooks, message, handler, held, reply] =
            ["call", "exchange", "hooks", "message", "handler", "held", "reply"].map(mixed);
        let params: Vec<_> =
            self.method.params.iter().enumerate().map(|(index, param)| self.argument(param, index)).collect();
        let values = params.iter().map(|(value, _)| value);
        let arguments = params.iter().map(|(_, argument)| argument);
        let name = handler_name(self.service, self.method);
        let (receiver, clone) = self.receiver();
        let argument = self.message(&message, &call);
        // If it can't be sent to another thread, the method is what to change.
        let at = Span::call_site().located_at(self.method.sig.ident.span());
        let private_at = private.at(at);
        let arguments = quote_spanned!(at=> (#receiver, #argument #(, #arguments)*));
        let run = quote_spanned!(at=> #private_at::SentHandler::checked(move || Self::#name #arguments));
        let run = quote!(#private::hold(#private::Pin::as_mut(&mut #held), #run));
        let run = if self.rpc.stream.is_some() { self.hold_stream(&run) } else { run };
        let into_reply = into_status(private, self.rpc.error.as_ref(), self.method.output_span());
        let run = if self.rpc.client_streams {
            quote! {
                let #handler = #private::pin!(#run);
                let #reply = #exchange.until_rejected(#handler).await?.map_err(#into_reply)?;
            }
        } else {
            quote!(let #reply = #run.await.map_err(#into_reply)?;)
        };
        let send = self.send(&reply);
        // Nothing of a stream has to be there.
        let arrive = (!self.rpc.client_streams).then(|| quote!(#exchange.arrive(#call).await?;));
        quote! {
            #(#values)*
            #arrive
            let #message = #exchange.receive(#call, #hooks)?;
            #clone
            #run
            #send
        }
    }

    /// The service as the handler takes it, and the statement that makes it. An `Arc` is cloned, because entries borrow from it.
    fn receiver(&self) -> (TokenStream, Option<TokenStream>) {
        let (private, own) = (&self.service.runtime, mixed("service"));
        match self.rpc.receiver {
            Receiver::Ref => (quote!(self), None),
            Receiver::Arc => (own.to_token_stream(), Some(quote!(let #own = #private::Clone::clone(&self);))),
        }
    }

    /// The message, as the handler takes it.
    fn message(&self, message: &Ident, call: &Ident) -> TokenStream {
        let private = &self.service.runtime;
        // Our stream or tonic's: the handler's signature says.
        let message =
            if self.rpc.client_streams { quote!(#private::Into::into(#message)) } else { quote!(#message) };
        if self.rpc.message.is_wrapped { quote!(#call.to_request(#message)) } else { message }
    }

    /// Runs a handler that responds with a stream, and leaves the stream in its place.
    fn hold_stream(&self, run: &TokenStream) -> TokenStream {
        let (private, place) = (&self.service.runtime, mixed("streamed"));
        let (at, reply, response) = self.response(&mixed("reply"));
        let private_at = private.at(at);
        let respond = quote_spanned!(at=> |#reply| #private_at::SentReply::checked(#response));
        quote!(#private::hold_stream(#run, #private::Pin::as_mut(&mut #place), #respond))
    }

    /// The value that the handler returns, and the response made of it. Both stand at the type in the user's signature:
    /// that is what to change if a stream can't be sent, or is none at all.
    fn response(&self, reply: &Ident) -> (Span, Ident, TokenStream) {
        let output = self.method.output_span();
        let private = self.service.runtime.at(Span::call_site().located_at(output));
        let at = reply.span().located_at(output);
        let mut reply = reply.clone();
        reply.set_span(at);
        let response = if self.rpc.reply.is_wrapped {
            quote!(#reply)
        } else {
            quote_spanned!(at=> #private::Response::new(#reply))
        };
        (at, reply, response)
    }

    fn send(&self, reply: &Ident) -> TokenStream {
        let [call, exchange, hooks] = ["call", "exchange", "hooks"].map(mixed);
        // The inbound stream has them.
        let hooks = if self.rpc.client_streams { quote!(&mut ()) } else { quote!(#hooks) };
        match &self.rpc.stream {
            None => {
                let (_, _, response) = self.response(reply);
                quote!(#exchange.reply(#call, #response, #hooks))
            }
            Some(stream) => {
                let reply = self.streamed(reply);
                let into_status =
                    into_status(&self.service.runtime, stream.error.as_ref(), self.method.output_span());
                quote!(#exchange.stream(#call, #reply, #hooks, #into_status).await)
            }
        }
    }

    /// The response with the closure that polls its stream. Here it is asked of the type, and nowhere else, that it is a
    /// stream.
    fn streamed(&self, reply: &Ident) -> TokenStream {
        let (at, reply, _) = self.response(reply);
        let (private, item) = (self.service.runtime.at(at), &self.rpc.reply.ty);
        let [polled, context] = ["polled", "context"].map(|name| local(name, at));
        quote_spanned! {at=>
            #private::Streamed::new(#reply, |#polled, #context| {
                #private::StreamedReply::<#item, _>::poll_reply(#private::Held::get(#polled), #context)
            })
        }
    }

    /// What the client reads instead of the default.
    fn failure(&self, failure: &Failure) -> Option<TokenStream> {
        let private = &self.service.runtime;
        let status = mixed("status");
        let (pattern, code, message) =
            match (failure.code.as_ref().map(|code| code.to_tokens(private)), &failure.message) {
                (None, None) => return None,
                (Some(code), Some(message)) => (quote!(_), code, quote!(#message)),
                (Some(code), None) => (quote!(#status), code, quote!(#status.message())),
                (None, Some(message)) => (quote!(#status), quote!(#status.code()), quote!(#message)),
            };
        Some(quote!(.map_err(|#pattern| #private::Status::new(#code, #message))))
    }

    /// How a parameter gets its value before the message is looked at, and how it is passed.
    fn argument(&self, param: &Param, index: usize) -> (TokenStream, TokenStream) {
        let call = mixed("call");
        let local = mixed(&format!("argument{index}"));
        let ty = &param.ty;
        match &param.source {
            Source::Metadata(key) => {
                let read = read(&call, key, &ty.to_token_stream());
                (quote!(let #local = #read?;), local.to_token_stream())
            }
            Source::Call => (TokenStream::new(), call.to_token_stream()),
            // With the tokens of the parameter, so that a wrong type is its mistake.
            Source::Bound(name) => {
                let mut names = self.service.chain(self.method).filter_map(Entry::name);
                let mut bound = names.find(|bound| is_meant(name, bound)).unwrap_or(name).clone();
                bound.set_span(bound.span().located_at(name.span()));
                (TokenStream::new(), bound.to_token_stream())
            }
            Source::Extractor => (quote!(let #local = #call.extract::<#ty>()?;), local.to_token_stream()),
        }
    }

    /// Binds what an entry provides; not every method uses every name.
    fn bind(&self, name: &Ident, provided: &Ident) -> TokenStream {
        let places = (self.last_taken() == Some(name)).then(|| self.places());
        quote! {
            let #name = &#provided;
            let _ = #name;
            #places
        }
    }
}

/// Makes the entry, of a type that may be made for each call.
fn made(expr: &Expr, entry: &Ident, private: &TokenStream, at: Span) -> TokenStream {
    let expr = without_reference(expr);
    let checked = |value: TokenStream| quote_spanned!(at=> #private::MadeForEachCall::made(#private::Listed(#value).vestibule_listed()));
    if is_literal(expr) {
        let checked = checked(entry.to_token_stream());
        quote_spanned!(at=> let #entry = #expr; let #entry = #checked;)
    } else {
        // One statement: what refers to a limit that is made here, as in `Some(&InFlight::new(1))`, does not outlive it.
        let checked = checked(expr.to_token_stream());
        quote_spanned!(at=> let #entry = #checked;)
    }
}

/// Returns true for a value whose fields are written out: what they refer to may be made on the spot, and lives as long.
fn is_literal(expr: &Expr) -> bool {
    let is_type = |function: &Expr| match function {
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident != "Some" && last.ident.to_string().starts_with(char::is_uppercase)
        }),
        _ => false,
    };
    match peel_expr(expr) {
        Expr::Struct(_) => true,
        Expr::Call(call) => is_type(&call.func),
        _ => false,
    }
}

/// The value, in place of a reference to a value that is made on the spot. By its type it can be told whether it keeps
/// state, which is the mistake: of the reference, rustc would only say that it does not live long enough.
fn without_reference(expr: &Expr) -> &Expr {
    let peeled = peel_expr(expr);
    let Expr::Reference(reference) = peeled else { return expr };
    match peel_expr(&reference.expr) {
        made @ (Expr::Call(_) | Expr::MethodCall(_) | Expr::Struct(_) | Expr::Macro(_) | Expr::Block(_)) => {
            made
        }
        _ => expr,
    }
}

fn peel_expr(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peel_expr(&group.expr),
        Expr::Paren(paren) => peel_expr(&paren.expr),
        expr => expr,
    }
}
