use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::model::{Method, Param, Receiver, Rpc, Service, Source};
use crate::args::{Entry, Failure};
use crate::runtime_path::RuntimePath;

/// The impl as rustc gets it: each method split into the user's code, a private inherent
/// function, and the trait's method, which runs the chain and calls it.
pub(super) fn expand(service: &Service) -> TokenStream {
    let handlers = handlers(service);
    let methods = service.methods.iter().map(|method| {
        let rpc =
            method.rpc.as_ref().expect("a method without types is an error, and errors end in the fallback");
        let body = Expansion { service, method, rpc }.body();
        trait_method(service, method, rpc, &body)
    });
    let trait_impl = trait_impl(service, methods);
    let uses = uses(service);
    quote!(#handlers #trait_impl #uses)
}

/// An attribute that another one has taken would look like an unused import.
pub(super) fn uses(service: &Service) -> TokenStream {
    let taken = service.taken.iter().chain(service.methods.iter().flat_map(|method| &method.taken));
    let mut seen = HashSet::new();
    let uses = taken.filter(|path| seen.insert(path.to_token_stream().to_string()));
    quote!(#(#[allow(unused_imports)] const _: () = { use #uses as _; };)*)
}

/// What the user wrote, as inherent functions: `?`, `return` and spans mean what they meant.
pub(super) fn handlers(service: &Service) -> TokenStream {
    let Service { generics, self_ty, .. } = service;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let handlers = service.methods.iter().map(|method| {
        let Method { attrs, handler_attrs, sig, body, .. } = method;
        let cfgs = attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
        let mut sig = sig.clone();
        sig.ident = handler_name(service, method);
        quote!(#(#cfgs)* #(#handler_attrs)* #sig { #body })
    });
    quote! {
        // What a handler needs is its signature, however long that is.
        #[allow(clippy::too_many_arguments)]
        impl #impl_generics #self_ty #where_clause {
            #(#handlers)*
        }
    }
}

/// The impl of tonic's trait around `methods`.
pub(super) fn trait_impl(service: &Service, methods: impl Iterator<Item = TokenStream>) -> TokenStream {
    let Service { attrs, unsafety, impl_token, generics, trait_path, self_ty, others, .. } = service;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let mut tokens = quote! {
        #(#attrs)*
        #unsafety #impl_token #impl_generics #trait_path for #self_ty #where_clause
    };
    // The user's own tokens from `impl` to the brace: what rustc says of the impl points at them.
    service.brace_token.surround(&mut tokens, |body| body.extend(quote!(#(#others)* #(#methods)*)));
    tokens
}

/// One method of tonic's trait, in the form that async-trait gives it.
pub(super) fn trait_method(service: &Service, method: &Method, rpc: &Rpc, body: &TokenStream) -> TokenStream {
    let private = &service.runtime;
    let Method { attrs, sig, .. } = method;
    let name = &sig.ident;
    let request = mixed("request");
    let (message, reply) = (&rpc.message.ty, &rpc.reply.ty);
    // Where rustc finds that it is not the message of this rpc.
    let at_message = Span::call_site().located_at(message.span());
    let private_at_message = private.at(at_message);
    let message = quote_spanned!(at_message=> #private_at_message::Request<#message>);
    let (lifetime, receiver, bound) = match rpc.receiver {
        Receiver::Ref => (quote!('life0,), quote!(&'life0 self), quote!('life0: 'async_trait,)),
        Receiver::Arc => {
            let receiver = sig.receiver();
            (quote!(), quote!(#receiver), quote!())
        }
    };
    // What is wrong with the method as a whole belongs at its name.
    let at = Span::call_site().located_at(name.span());
    let private = private.at(at);
    quote_spanned! {at=>
        #(#attrs)*
        fn #name<#lifetime 'async_trait>(
            #receiver,
            #request: #message,
        ) -> #private::BoxReply<'async_trait, #reply>
        where
            #bound
            Self: 'async_trait,
        {
            #private::Box::pin(async move { #body })
        }
    }
}

/// Private, and unlike any name a user would choose: two services may share a method's name.
fn handler_name(service: &Service, method: &Method) -> Ident {
    let trait_name = service.trait_path.as_ref().and_then(|path| path.segments.last());
    let trait_name = trait_name.map(|last| last.ident.to_string().to_lowercase()).unwrap_or_default();
    let name = &method.sig.ident;
    format_ident!("__{trait_name}_{name}", span = name.span())
}

/// `GetUrl` from `get_url`.
pub(crate) fn upper_camel_case(name: &str) -> String {
    let words = name.trim_start_matches("r#").split('_');
    words
        .flat_map(|word| {
            word[..word.len().min(1)].to_uppercase().chars().chain(word.chars().skip(1)).collect::<Vec<_>>()
        })
        .collect()
}

/// A local variable that the user's tokens can't see.
fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The chain of one method.
struct Expansion<'a> {
    service: &'a Service,
    method: &'a Method,
    rpc: &'a Rpc,
}

impl Expansion<'_> {
    /// What the trait's method does.
    fn body(&self) -> TokenStream {
        let private = &self.service.runtime;
        let (call, exchange, request) = (mixed("call"), mixed("exchange"), mixed("request"));
        let (rest, result) = (mixed("rest"), mixed("result"));
        let method_info = self.method_info();
        let chain: Vec<_> = self.service.chain(self.method).collect();
        let levels = self.level(&chain, &[]);
        quote! {
            let (#call, mut #exchange) = #private::Exchange::new(#method_info, #request);
            let #call = &#call;
            let #result = {
                let #rest = #private::pin!(async { #levels });
                #private::Guarded::new(#call, #rest).await
            };
            #exchange.end(#call, #result)
        }
    }

    /// The name, path and shape, as a constant.
    fn method_info(&self) -> TokenStream {
        let private = &self.service.runtime;
        let name = match &self.method.wire_name {
            Some(name) => name.clone(),
            None => {
                let ident = &self.method.sig.ident;
                syn::LitStr::new(&upper_camel_case(&ident.to_string()), ident.span())
            }
        };
        let service = match &self.service.wire_name {
            Some(name) => name.to_token_stream(),
            // Where tonic-build puts it: `GreeterServer` beside `Greeter`.
            None => {
                let mut server =
                    self.service.trait_path.clone().expect("an impl without a trait is an error");
                if let Some(last) = server.segments.last_mut() {
                    last.ident = format_ident!("{}Server", last.ident);
                }
                quote!(<#server<()> as #private::NamedService>::NAME)
            }
        };
        quote!(#private::method_info!(#service, #name, Unary))
    }

    /// The first entry of `chain` with everything further in; the hooks of those further out are
    /// in `hooks`.
    fn level(&self, chain: &[&Entry], hooks: &[Ident]) -> TokenStream {
        match chain {
            [] => self.handler(hooks),
            [Entry::Interceptor { name, expr }, inner @ ..] => {
                self.interceptor(name.as_ref(), expr, inner, hooks)
            }
            [Entry::Require { binding, key, failure }, inner @ ..] => {
                let private = &self.service.runtime;
                let call = mixed("call");
                let inner = self.level(inner, hooks);
                let text = if key.is_binary() { quote!(#private::Bytes) } else { quote!(&str) };
                let ty = binding.as_ref().map_or(text, |(_, ty)| ty.to_token_stream());
                let read = read(&call, key, &ty);
                let failure = self.failure(failure);
                let bind = binding.as_ref().map(|(name, _)| bind(name, &mixed("value")));
                let value = if binding.is_some() { mixed("value") } else { mixed("_value") };
                quote! {
                    let #value = #read #failure?;
                    #bind
                    #inner
                }
            }
        }
    }

    fn interceptor(
        &self,
        name: Option<&Ident>,
        expr: &syn::Expr,
        inner: &[&Entry],
        hooks: &[Ident],
    ) -> TokenStream {
        // All that can be wrong here is the entry, so errors point at it.
        let at = Span::mixed_site().located_at(expr.span());
        let own_hooks = Ident::new(&format!("hooks{}", hooks.len()), at);
        let mut all_hooks = hooks.to_vec();
        all_hooks.push(own_hooks.clone());
        let inner = self.level(inner, &all_hooks);
        let private = self.service.runtime.at(at);
        let [entry, provided, rest, result] =
            ["entry", "provided", "rest", "result"].map(|name| Ident::new(name, at));
        let call = mixed("call");
        let (message, reply) = (&self.rpc.message.ty, &self.rpc.reply.ty);
        let bind = name.map(|name| bind(name, &provided));
        quote_spanned! {at=>
            let #entry = #expr;
            let (#provided, #own_hooks) = #private::Interceptor::start(&#entry, #call).await?;
            let mut #own_hooks = #private::Hooks::<#private::Rpc<#message, #reply>>::until_finish(#own_hooks);
            let #result = {
                #bind
                let #rest = #private::pin!(async { #inner });
                #private::Interceptor::around(&#entry, #call, &#provided, #private::Guarded::new(#call, #rest)).await
            };
            #private::Finish::finish(#own_hooks, #result)
        }
    }

    /// The innermost level: parameters, then the message, then the user's code, then the reply.
    fn handler(&self, hooks: &[Ident]) -> TokenStream {
        let private = &self.service.runtime;
        let (call, exchange, reply) = (mixed("call"), mixed("exchange"), mixed("reply"));
        let params: Vec<_> =
            self.method.params.iter().enumerate().map(|(index, param)| argument(param, index)).collect();
        let values = params.iter().map(|(value, _)| value);
        let arguments = params.iter().map(|(_, argument)| argument);
        let on_request = hooks.iter().map(|hooks| quote!(#exchange.on_request(&mut #hooks)?;));
        let on_response = hooks.iter().rev().map(|hooks| quote!(#exchange.on_response(&mut #hooks)?;));
        let message = if self.rpc.message.is_wrapped {
            quote!(#exchange.request(#call))
        } else {
            quote!(#exchange.message())
        };
        let handler = handler_name(self.service, self.method);
        let receiver = match self.rpc.receiver {
            Receiver::Ref => quote!(self),
            Receiver::Arc => quote!(#private::Clone::clone(&self)),
        };
        let keep =
            if self.rpc.reply.is_wrapped { quote!(#reply) } else { quote!(#private::Response::new(#reply)) };
        let into_status = into_status(private, self.rpc.error.as_ref());
        quote! {
            #(#values)*
            #(#on_request)*
            let #reply = Self::#handler(#receiver, #message #(, #arguments)*).await.map_err(#into_status)?;
            #exchange.reply(#keep);
            #(#on_response)*
            #private::Result::<(), #private::Status>::Ok(())
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
}

/// Binds what an entry provides; not every method uses every name.
fn bind(name: &Ident, provided: &Ident) -> TokenStream {
    quote! {
        let #name = &#provided;
        let _ = #name;
    }
}

/// How a parameter gets its value before the message is looked at, and how it is passed.
fn argument(param: &Param, index: usize) -> (TokenStream, TokenStream) {
    let call = mixed("call");
    let local =
        param.ident().map_or_else(|| mixed(&format!("argument{index}")), |name| mixed(&name.to_string()));
    let ty = &param.ty;
    match &param.source {
        Source::Metadata(key) => {
            let read = read(&call, key, &ty.to_token_stream());
            (quote!(let #local = #read?;), local.to_token_stream())
        }
        Source::Call => (TokenStream::new(), call.to_token_stream()),
        Source::Bound(name) => (TokenStream::new(), name.to_token_stream()),
        Source::Extractor => (quote!(let #local = #call.extract::<#ty>()?;), local.to_token_stream()),
    }
}

/// The conversion of an error into a status; a mistake in it belongs at the error's type.
pub(crate) fn into_status(private: &RuntimePath, error_type: Option<&Type>) -> TokenStream {
    let error = mixed("error");
    match error_type {
        Some(ty) => quote!(|#error: #ty| <#ty as #private::IntoStatus>::into_status(#error)),
        None => quote!(|#error| #private::IntoStatus::into_status(#error)),
    }
}

/// The metadata of `key` as a value of type `ty`.
pub(crate) fn read(call: &Ident, key: &crate::key::Key, ty: &TokenStream) -> TokenStream {
    let literal = &key.literal;
    let get = if key.is_binary() { quote!(get_bin) } else { quote!(get) };
    quote!(#call.#get::<#ty>(#literal))
}
