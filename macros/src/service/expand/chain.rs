use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::entry_value::{entry_value, without_reference};
use super::handler_call::HandlerCall;
use crate::args::entry::{Entry, Failure};
use crate::common::hygiene::{local, local_at};
use crate::common::metadata_key::MetadataKey;
use crate::common::quoting::read_metadata;
use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::service::model::signature::RpcSignature;

/// The number of levels that are nested before the next one is put into a box. rustc's depth limit allows for one or two
/// more.
const LEVELS_PER_BOX: usize = 20;

/// The chain of one method: an `async` block for each interceptor, nested in the one before it.
pub(super) struct Chain<'a> {
    pub(super) service: &'a Service,
    pub(super) method: &'a Method,
    pub(super) rpc: &'a RpcSignature,
}

impl<'a> Chain<'a> {
    pub(super) fn new(service: &'a Service, method: &'a Method, rpc: &'a RpcSignature) -> Self {
        Self { service, method, rpc }
    }

    pub(super) fn expand(&self) -> TokenStream {
        let entries: Vec<_> = self.service.levels(self.method).collect();
        let slots = self.last_used_name().is_none().then(|| self.slots());
        let levels = self.level(&entries);
        let private = &self.service.runtime;
        let mut all = self.service.chain(self.method);
        let has_interceptors = all.any(|entry| matches!(entry, Entry::Interceptor { .. }));
        let import = has_interceptors.then(|| quote!(use #private::AnyListed as _;));
        quote!(#import #slots #levels)
    }

    /// Declares the variables that hold the handler's future and its stream. They are declared as far out as the handler's
    /// borrows allow. The levels further in only refer to them, and so these levels stay small.
    fn slots(&self) -> TokenStream {
        let private = &self.service.runtime;
        let streamed = self.rpc.stream.is_some().then(|| local("streamed"));
        let slots = std::iter::once(local("held")).chain(streamed);
        quote!(#(let mut #slots = #private::pin!(#private::Option::None);)*)
    }

    /// Returns the name of the innermost entry whose value the handler takes.
    fn last_used_name(&self) -> Option<&'a Ident> {
        let is_used = |bound: &&Ident| self.method.params.iter().any(|param| param.takes(bound));
        self.service.chain(self.method).filter_map(Entry::name).filter(is_used).last()
    }

    /// Makes the first entry with everything further in.
    fn level(&self, entries: &[&Entry]) -> TokenStream {
        match entries {
            [] => HandlerCall::new(self).expand(),
            [Entry::Interceptor { name, expr }, inner @ ..] => self.interceptor(name.as_ref(), expr, inner),
            [Entry::Require { binding, key, failure }, inner @ ..] => {
                self.required_metadata(binding.as_ref(), key, failure, inner)
            }
        }
    }

    fn required_metadata(
        &self,
        binding: Option<&(Ident, Type)>,
        key: &MetadataKey,
        failure: &Failure,
        inner: &[&Entry],
    ) -> TokenStream {
        let private = &self.service.runtime;
        let inner = self.level(inner);
        let text = if key.is_binary() { quote!(#private::Bytes) } else { quote!(&str) };
        let ty = binding.map_or(text, |(_, ty)| ty.to_token_stream());
        let read = read_metadata(&local("call"), key, &ty);
        let map_err = self.map_failure(failure);
        let value = local("value");
        let bind = binding.map(|(name, _)| self.bind(name, &value));
        quote! {
            let #value = #read #map_err?;
            #bind
            #inner
        }
    }

    /// Makes the call that replaces the default status.
    fn map_failure(&self, failure: &Failure) -> Option<TokenStream> {
        let private = &self.service.runtime;
        let status = local("status");
        let (pattern, code, message) =
            match (failure.code.as_ref().map(|code| code.to_tokens(private)), &failure.message) {
                (None, None) => return None,
                (Some(code), Some(message)) => (quote!(_), code, quote!(#message)),
                (Some(code), None) => (quote!(#status), code, quote!(#status.message())),
                (None, Some(message)) => (quote!(#status), quote!(#status.code()), quote!(#message)),
            };
        Some(quote!(.map_err(|#pattern| #private::Status::new(#code, #message))))
    }

    fn interceptor(&self, name: Option<&Ident>, expr: &Expr, inner: &[&Entry]) -> TokenStream {
        let expr = without_reference(expr);
        let at = entry_span(expr);
        let private = self.service.runtime.at(at);
        let [entry, provided, rest, level, result] =
            ["entry", "provided", "rest", "level", "result"].map(|name| local_at(name, at));
        let [call, hooks] = ["call", "hooks"].map(local);
        let own_hooks = local_at("own", at);
        let evaluate = entry_value(expr, &entry, &private, at);
        let (new_level, all_hooks) = self.level_and_hooks(&own_hooks, &level, at);
        let bind = name.map(|name| self.bind(name, &provided));
        let is_boxed = self.is_boxed(inner);
        let inner = self.level(inner);
        let inner = quote_spanned!(at=> async { #inner });
        let inner = if is_boxed { quote_spanned!(at=> #private::box_rest(#inner)) } else { inner };
        quote_spanned! {at=>
            #evaluate
            let (#provided, #own_hooks) = #private::Interceptor::start(&#entry, #call).await?;
            let mut #level = #new_level;
            let #result = {
                let #hooks = #all_hooks;
                #bind
                let #rest = #private::pin!(#private::Option::Some(#inner));
                #private::Interceptor::guard(&#entry, #call, &#provided, #rest).await
            };
            #private::Finish::finish(#level, #result)
        }
    }

    /// Makes the expressions for the level of an interceptor, and for its hooks with all hooks further out.
    fn level_and_hooks(&self, own_hooks: &Ident, level: &Ident, at: Span) -> (TokenStream, TokenStream) {
        let private = self.service.runtime.at(at);
        let [call, hooks] = ["call", "hooks"].map(local);
        let (message, response) = (&self.rpc.message.ty, &self.rpc.response);
        let rpc = quote!(#private::Rpc<#message, #response>);
        if self.rpc.client_streams {
            let hooks_of_rpc = quote_spanned!(at=> #private::erase_hooks::<#rpc, _>(#own_hooks));
            let new_level = quote_spanned!(at=> #private::shared_level(#call, #hooks_of_rpc, #hooks));
            (new_level, quote_spanned!(at=> &mut #level))
        } else {
            let new_level = quote_spanned!(at=> #private::level::<#rpc, _>(#call, #own_hooks, #hooks));
            (new_level, quote_spanned!(at=> #private::Level::hooks(&mut #level)))
        }
    }

    /// Returns true if the rest behind an entry is put into a box, where `inner` are the entries further in. Each level
    /// counts towards rustc's depth limit, and in a box the count begins anew.
    fn is_boxed(&self, inner: &[&Entry]) -> bool {
        let count = |entries: &mut dyn Iterator<Item = &Entry>| {
            entries.filter(|entry| matches!(entry, Entry::Interceptor { .. })).count()
        };
        let further_in = count(&mut inner.iter().copied());
        let up_to_here = count(&mut self.service.chain(self.method)) - further_in;
        further_in > 0 && up_to_here.is_multiple_of(LEVELS_PER_BOX)
    }

    /// Binds the value of an entry. A method need not use every name.
    pub(super) fn bind(&self, name: &Ident, provided: &Ident) -> TokenStream {
        let slots = (self.last_used_name() == Some(name)).then(|| self.slots());
        quote! {
            let #name = &#provided;
            let _ = #name;
            #slots
        }
    }
}

/// Returns the span of the code for an entry. Errors point at the entry, because nothing else can be wrong there.
pub(super) fn entry_span(expr: &Expr) -> Span {
    Span::mixed_site().located_at(without_reference(expr).span())
}
