//! An interceptor with a list in front of its function, or with a `rest` that takes its value. It starts in its level.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;

use super::user_call::{call_user_function, fields};
use crate::args::entry::Entry;
use crate::chain::{Chain, Innermost, is_named_by, mentions};
use crate::common::hygiene::{local, unused_name};
use crate::function::model::function::{Function, Kind};
use crate::function::model::param::Param;

/// Makes the methods of the interceptor.
pub(super) fn methods(function: &Function) -> TokenStream {
    let (private, method) = (&function.runtime, method_name(function));
    let [call, value, enclosed, hooks] = ["call", "value", "enclosed", "hooks"].map(local);
    let parameters = parameters(function);
    let chain = Chain {
        runtime: private,
        entries: function.entries.iter().collect(),
        messages: method.to_token_stream(),
        // The list hands its hooks over to the chain that it is an entry of.
        shares_hooks: true,
        recorded: &[],
        guards: &[],
        innermost: &UserFunction { function, method: &method },
    };
    let levels = chain.expand();
    quote! {
        async fn start(
            &self,
            #call: &#private::Call,
        ) -> ::core::result::Result<(Self::Provides, Self::Hooks), #private::Status> {
            ::core::result::Result::Err(#private::start_outside_of_level(#call))
        }

        fn begin(
            &self,
            _: &#private::Call,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(Self::Provides, Self::Hooks), #private::Status>,
        > + ::core::marker::Send {
            #private::begin_in_level()
        }

        async fn guard<'__rest, #method: #private::Method>(
            &'__rest self,
            #call: &'__rest #private::Call,
            #value: &'__rest Self::Provides,
            #enclosed: #private::RestRef<'__rest>,
        ) -> ::core::result::Result<(), #private::Status> {
            let #hooks = &mut ();
            #parameters
            #levels
        }
    }
}

/// Returns the type of what the interceptor provides.
pub(super) fn provides(function: &Function) -> TokenStream {
    let Function { runtime: private, provides, .. } = function;
    if function.encloses() { quote!(#private::ProvidedLater<#provides>) } else { provides.to_token_stream() }
}

/// Returns the type of the interceptor's hooks.
pub(super) fn hooks(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let id = list_id(function);
    if function.encloses() { quote!(#private::ListHooks<#id>) } else { quote!(()) }
}

/// Returns the name of the type that stands for the list. The signature of the outer function mentions the type, so it stands
/// beside the function.
fn list_id(function: &Function) -> Ident {
    format_ident!("__{}_list", function.inner.sig.ident.unraw())
}

/// Makes the type that stands for the list.
pub(super) fn list_type(function: &Function) -> Option<TokenStream> {
    let (id, vis) = (list_id(function), &function.vis);
    let cfgs = function.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    function.encloses().then(|| {
        quote! {
            #(#cfgs)*
            #[doc(hidden)]
            #[allow(non_camel_case_types, missing_debug_implementations)]
            #vis enum #id {}
        }
    })
}

/// Returns a name for the method's parameter. rustc's notes show it.
fn method_name(function: &Function) -> Ident {
    let (sig, generics) = (&function.inner.sig, &function.generics);
    unused_name("AnyMethod", &quote!(#sig #generics))
}

/// Makes the variables by which entries refer to the plain parameters.
fn parameters(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let is_mentioned = |name: &Ident| {
        function.entries.iter().any(|entry| match entry {
            Entry::Interceptor { expr, .. } => mentions(expr.to_token_stream(), &name.to_string()),
            Entry::Require { failure, .. } => failure
                .message
                .as_ref()
                .is_some_and(|message| mentions(message.to_token_stream(), &name.to_string())),
        })
    };
    let fields = fields(function);
    let mentioned = function.plain().zip(fields).filter(|(plain, _)| is_mentioned(&plain.name));
    let variables = mentioned.map(|(plain, field)| {
        let (name, ty) = (&plain.name, &plain.ty);
        quote! {
            let #name = <#ty as #private::ListedValue>::for_this_call(&self.#field);
            let _ = #name;
        }
    });
    quote!(#(#variables)*)
}

/// The user's function, as the innermost part of its list.
struct UserFunction<'a> {
    function: &'a Function,
    method: &'a Ident,
}

impl Innermost for UserFunction<'_> {
    fn takes(&self, bound: &Ident) -> bool {
        self.function
            .params
            .iter()
            .any(|param| matches!(param, Param::Bound(name) if is_named_by(name, bound)))
    }

    fn variables(&self) -> TokenStream {
        TokenStream::new()
    }

    fn expand(&self, _: &Chain<'_>) -> TokenStream {
        let Self { function, method } = self;
        let private = &function.runtime;
        let [call, value, enclosed, hooks] = ["call", "value", "enclosed", "hooks"].map(local);
        let [rest, provided] = ["rest", "provided"].map(local);
        let run = call_user_function(function);
        let share = quote!(#private::share_hooks::<#method, _, _>(#call, #value, #hooks););
        match function.kind() {
            Kind::Start => quote! {
                let #provided = #run?;
                #share
                #value.provide(#provided);
                #private::UnguardedRest::new(#enclosed).await
            },
            Kind::Around => quote! {
                #share
                let #rest = #private::guarded_rest(#call, #value, #enclosed);
                #run
            },
            Kind::Providing => quote! {
                #share
                let #rest = #private::ProvidingRest::new(#call, #value, #enclosed);
                #run
            },
        }
    }
}
