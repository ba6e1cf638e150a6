//! An interceptor with a list in front of its function, or with a `rest` that takes its value. It starts in its level.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::GenericParam;
use syn::ext::IdentExt;

use super::interceptor_type::{has_generics, type_name};
use super::user_call::{call_user_function, fields};
use crate::args::entry::Entry;
use crate::chain::{
    Chain, CheckedList, Innermost, is_named_by, mentions, numbered, types_in_order, with_types,
};
use crate::common::hygiene::{local, unused_name};
use crate::function::model::function::{Function, Kind};
use crate::function::model::param::Param;

/// Makes the methods of the interceptor.
pub(super) fn methods(function: &Function) -> TokenStream {
    let (private, method) = (&function.runtime, method_name(function));
    let [call, value, enclosed] = ["call", "later", "enclosed"].map(local);
    quote! {
        async fn start(
            &self,
            #call: &#private::Call,
        ) -> ::core::result::Result<(Self::Provides, Self::Hooks), #private::Status> {
            ::core::result::Result::Err(#private::start_outside_of_level(#call))
        }

        fn vestibule_begin(
            &self,
            _: &#private::Call,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(Self::Provides, Self::Hooks), #private::Status>,
        > + ::core::marker::Send {
            #private::begin_in_level()
        }

        fn vestibule_guard<'__rest, #method: #private::Method>(
            &'__rest self,
            #call: &'__rest #private::Call,
            #value: &'__rest Self::Provides,
            #enclosed: #private::RestRef<'__rest>,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<(), #private::Status>> + ::core::marker::Send {
            #private::ListChain::run_list::<#method>(self, #call, #value, #enclosed)
        }
    }
}

/// Makes the impl that runs the list, and the impl by which a server knows the lists inside of it.
pub(super) fn chain(function: &Function, generics: &TokenStream, for_type: &TokenStream) -> TokenStream {
    let (private, method) = (&function.runtime, method_name(function));
    let [call, value, enclosed] = ["call", "later", "enclosed"].map(local);
    let recorded = numbered(function.entries.iter());
    let (types, future) = with_types(private, &recorded, &run(function, &method, &recorded));
    let inner = inner_lists(function, &recorded);
    let order = has_type_parameters(function).then(|| types_in_order(private, &recorded, |_, _| true));
    quote! {
        impl #generics #private::ListChain #for_type {
            fn run_list<'__rest, #method: #private::Method>(
                &'__rest self,
                #call: &'__rest #private::Call,
                #value: &'__rest Self::Provides,
                #enclosed: #private::RestRef<'__rest>,
            ) -> impl ::core::future::Future<Output = ::core::result::Result<(), #private::Status>>
            + ::core::marker::Send
            + #private::KnownEntries {
                #types
                #order
                #future
            }
        }
        #inner
    }
}

/// Makes the future that runs the list.
fn run(function: &Function, method: &Ident, recorded: &[(&Entry, Ident)]) -> TokenStream {
    let (parameters, hooks) = (parameters(function), local("hooks"));
    let levels = Chain {
        runtime: &function.runtime,
        entries: function.entries.iter().collect(),
        messages: method.to_token_stream(),
        // The list hands its hooks over to the chain that it is an entry of.
        shares_hooks: true,
        recorded,
        guards: &[],
        innermost: &UserFunction { function, method },
    };
    let levels = levels.expand();
    quote! {
        async move {
            let #hooks = &mut ();
            #parameters
            #levels
        }
    }
}

/// Makes the impl by which others know the lists inside of this one, and the phases of its entries. It stands in the body of
/// the outer function, because the type of the interceptor does. A list that is generic over types has no single chain to look
/// into.
fn inner_lists(function: &Function, recorded: &[(&Entry, Ident)]) -> TokenStream {
    let (private, id) = (&function.runtime, list_id(function));
    let is_known = !has_type_parameters(function);
    let known = is_known.then(|| known_entries(function, recorded));
    let order = (is_known && recorded.len() > 1).then(|| order(function, recorded));
    quote! {
        #[allow(non_local_definitions)]
        impl #private::ListId for #id {
            #known
        }
        #order
    }
}

/// Returns true if the list is generic over types or constants. Then no constant can name the types of its entries.
fn has_type_parameters(function: &Function) -> bool {
    let is_lifetime = |param: &GenericParam| matches!(param, GenericParam::Lifetime(_));
    !function.generics.params.iter().all(is_lifetime)
}

/// Makes the first and the last phase of a list, for the constant of its interceptor. That constant may be generic.
pub(super) fn range(function: &Function) -> TokenStream {
    let (private, id) = (&function.runtime, list_id(function));
    if has_type_parameters(function) {
        let chain = quote!(<Self as #private::ListChain>::run_list::<#private::Rpc<(), ()>>);
        quote!(#private::stated_range_of_list(#chain))
    } else {
        quote!(<#id as #private::ListId>::RANGE)
    }
}

/// Makes what is known of a list: the phases of its entries, and the lists inside of it.
fn known_entries(function: &Function, recorded: &[(&Entry, Ident)]) -> TokenStream {
    let (private, lists) = (&function.runtime, local("lists"));
    if recorded.is_empty() {
        return quote! {
            const RANGE: #private::phase::PhaseRange = #private::phase::range_of::<#private::phase::User>();
        };
    }
    let chain = chain_function(function);
    quote! {
        const RANGE: #private::phase::PhaseRange = #private::range_of_list(#chain);

        fn add_lists(#lists: &mut #private::Vec<#private::TypeId>) {
            #private::add_lists_of(#chain, #lists);
        }
    }
}

/// Makes the checks of the order of the list.
fn order(function: &Function, recorded: &[(&Entry, Ident)]) -> TokenStream {
    let (private, chain) = (&function.runtime, chain_function(function));
    let entries = recorded.iter().enumerate();
    let entries =
        entries.map(|(index, (entry, _))| (*entry, quote!(#private::phases_in_list(#chain, #index))));
    let list = CheckedList { runtime: private, entries: entries.collect() };
    list.constant(&list.checks())
}

/// Makes the path of the function that makes the chain. The compiler infers the types of the parameters.
fn chain_function(function: &Function) -> TokenStream {
    let (private, ty) = (&function.runtime, type_name(function));
    let parameters = function.plain().map(|_| quote!(_));
    let marker = has_generics(function).then(|| quote!(_));
    quote!(<#ty<#(#parameters,)* #marker> as #private::ListChain>::run_list::<#private::Rpc<(), ()>>)
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
pub(super) fn list_id(function: &Function) -> Ident {
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
            Entry::Interceptor { expr, .. } => mentions(expr.to_token_stream(), name),
            Entry::Require { failure, .. } => {
                failure.message.as_ref().is_some_and(|message| mentions(message.to_token_stream(), name))
            }
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
        let [call, value, enclosed, hooks] = ["call", "later", "enclosed", "hooks"].map(local);
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
