//! An `async` block for each entry, nested in the one before it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::Chain;
use super::entry_use::may_use;
use super::entry_value::{entry_value, without_reference};
use crate::args::entry::{Entry, Failure};
use crate::common::hygiene::{local, local_at};
use crate::common::metadata_key::MetadataKey;
use crate::common::quoting::read_metadata;

/// The number of levels that are nested before the next one is put into a box. rustc's depth limit allows for one or two
/// more.
const LEVELS_PER_BOX: usize = 20;

impl<'a> Chain<'a> {
    pub(crate) fn expand(&self) -> TokenStream {
        let private = self.runtime;
        let variables = self.last_used_name().is_none().then(|| self.innermost.variables());
        let levels = self.level(&self.entries);
        let mut all = self.entries.iter().copied().chain(self.guards);
        let has_interceptors = all.any(|entry| matches!(entry, Entry::Interceptor { .. }));
        let listed = has_interceptors.then(|| quote!(use #private::AnyListed as _;));
        let binds_values = (0..self.entries.len())
            .any(|at| self.used_name(self.entries[at], &self.entries[at + 1..]).is_some());
        let value = binds_values.then(|| quote!(use #private::AnyValue as _;));
        let recorded =
            (!self.recorded.is_empty()).then(|| quote!(use #private::{AnyPhased as _, AnyRecorded as _};));
        quote!(#listed #value #recorded #variables #levels)
    }

    /// Returns the name of the innermost entry whose value the innermost part takes.
    fn last_used_name(&self) -> Option<&'a Ident> {
        let entries = self.entries.iter().copied().chain(self.guards);
        let names = entries.filter_map(Entry::name);
        names.filter(|name| self.innermost.takes(name)).last()
    }

    /// Returns the name of an interceptor, unless nothing in its level uses it. A variable for it would be a reference in the
    /// level.
    fn used_name<'n>(&self, entry: &'n Entry, inner: &[&Entry]) -> Option<&'n Ident> {
        let Entry::Interceptor { name, .. } = entry else { return None };
        let mut inside = inner.iter().copied().chain(self.guards);
        name.as_ref().filter(|name| self.innermost.takes(name) || inside.any(|entry| may_use(entry, name)))
    }

    /// Makes the first entry with everything further in.
    fn level(&self, entries: &[&Entry]) -> TokenStream {
        match entries {
            [] => self.innermost.expand(self),
            [entry @ Entry::Interceptor { name, expr }, inner @ ..] => {
                self.interceptor(entry, name.as_ref(), expr, inner)
            }
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
        let private = self.runtime;
        let inner = self.level(inner);
        let text = if key.is_binary() { quote!(#private::Bytes) } else { quote!(&str) };
        let ty = binding.map_or(text, |(_, ty)| ty.to_token_stream());
        let read = read_metadata(&local("call"), key, &ty);
        let map_err = self.map_failure(failure);
        let value = local("value");
        let bind = binding.map(|(name, _)| bind(name, &quote!(&#value)));
        let variables = binding.and_then(|(name, _)| self.variables(name));
        quote! {
            let #value = #read #map_err?;
            #bind
            #variables
            #inner
        }
    }

    /// Makes the call that replaces the default status.
    fn map_failure(&self, failure: &Failure) -> Option<TokenStream> {
        let private = self.runtime;
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

    fn interceptor(
        &self,
        listed: &Entry,
        name: Option<&Ident>,
        expr: &Expr,
        inner: &[&Entry],
    ) -> TokenStream {
        let expr = without_reference(expr);
        let at = entry_span(expr);
        let private = self.runtime.at(at);
        let [entry, provided, rest, level, result] =
            ["entry", "provided", "rest", "level", "result"].map(|name| local_at(name, at));
        let [call, hooks] = ["call", "hooks"].map(local);
        let own_hooks = local_at("own", at);
        let evaluate = entry_value(expr, &entry, &private, at);
        let (new_level, all_hooks) = self.level_and_hooks(&own_hooks, &level, at);
        let variables = name.and_then(|name| self.variables(name));
        let bind = self
            .used_name(listed, inner)
            .map(|name| bind(name, &quote!(#private::Value(&#provided).vestibule_value())));
        let recorded = self.recorded.iter().find(|(recorded, _)| std::ptr::eq(*recorded, listed));
        let record = recorded.map(|(_, ty)| {
            quote_spanned! {at=>
                #private::Recorded(&#own_hooks, #private::Phased(&#entry).vestibule_phase()).vestibule_record(#ty);
            }
        });
        let messages = &self.messages;
        let is_boxed = self.is_boxed(inner);
        let inner = self.level(inner);
        let inner = quote_spanned!(at=> async { #bind #inner });
        let inner = if is_boxed { quote_spanned!(at=> #private::box_rest(#inner)) } else { inner };
        quote_spanned! {at=>
            #evaluate
            let (#provided, #own_hooks) = #private::Interceptor::vestibule_begin(&#entry, #call).await?;
            #record
            let mut #level = #new_level;
            let #result = {
                let #hooks = #all_hooks;
                #variables
                let #rest = #private::pin!(#private::Option::Some(#inner));
                let #rest = #private::rest_ref(#rest);
                #private::Interceptor::vestibule_guard::<#messages>(&#entry, #call, &#provided, #rest).await
            };
            #private::Finish::finish(#level, #result)
        }
    }

    /// Makes the expressions for the level of an interceptor, and for its hooks with all hooks further out.
    fn level_and_hooks(&self, own_hooks: &Ident, level: &Ident, at: Span) -> (TokenStream, TokenStream) {
        let private = self.runtime.at(at);
        let [call, hooks] = ["call", "hooks"].map(local);
        let messages = &self.messages;
        if self.shares_hooks {
            let hooks_of_rpc = quote_spanned!(at=> #private::erase_hooks::<#messages, _>(#own_hooks));
            let new_level = quote_spanned!(at=> #private::shared_level(#call, #hooks_of_rpc, #hooks));
            (new_level, quote_spanned!(at=> &mut #level))
        } else {
            let new_level = quote_spanned!(at=> #private::level::<#messages, _>(#call, #own_hooks, #hooks));
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
        let up_to_here = count(&mut self.entries.iter().copied()) - further_in;
        further_in > 0 && up_to_here.is_multiple_of(LEVELS_PER_BOX)
    }

    /// Binds the value of an entry that the innermost part runs.
    pub(crate) fn bind(&self, name: &Ident, value: &TokenStream) -> TokenStream {
        let (bind, variables) = (bind(name, value), self.variables(name));
        quote!(#bind #variables)
    }

    /// Declares the variables of the innermost part, if the value that is bound to this name is the last one that it takes.
    fn variables(&self, name: &Ident) -> Option<TokenStream> {
        (self.last_used_name() == Some(name)).then(|| self.innermost.variables())
    }
}

/// Binds the value of an entry. A method need not use every name.
fn bind(name: &Ident, value: &TokenStream) -> TokenStream {
    if name.to_string().starts_with('_') {
        // Such a name says already that nobody may use it, and clippy would have no binding then.
        return quote!(#[allow(clippy::no_effect_underscore_binding)] let #name = #value;);
    }
    quote! {
        let #name = #value;
        let _ = #name;
    }
}

/// Returns the span of the code for an entry. Errors point at the entry, because nothing else can be wrong there.
pub(crate) fn entry_span(expr: &Expr) -> Span {
    Span::mixed_site().located_at(without_reference(expr).span())
}
