//! The interceptor that a function becomes: a type with its plain parameters, and a function that makes it.

mod interceptor_type;
mod list;
mod unused;
mod user_call;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{ConstParam, GenericParam, Index, TypeParam};

use super::model::function::{Function, Kind};
use crate::common::hygiene::local;
use crate::common::quoting::{phases, unguarded_rest};
use interceptor_type::{has_generics, type_name};
use user_call::{call_user_function, fields};

/// Makes a function of the same name that takes the plain parameters and returns the interceptor.
pub(super) fn expand(function: &Function) -> TokenStream {
    let (interceptor, ty) = (interceptor_type(function), type_name(function));
    let (unused, inner) = unused::unused_names(function);
    let (fields, values) = (fields(function), function.plain().map(|plain| &plain.name));
    let marker = has_generics(function).then(|| marker_value(function));
    let (parameters, consts) = (function.plain().map(|_| quote!(_)), const_names(function));
    let marker_type = marker.as_ref().map(|_| quote!(_,));
    let arguments = local("arguments");
    let indices = (0..fields.len()).map(Index::from);
    let body = quote! {
        // The arguments are read outside of the block, because items in the block may have the name of a parameter.
        let #arguments = (#(#values,)*);
        {
            // An interceptor must be async even if it awaits nothing.
            #[allow(clippy::unused_async)]
            #inner
            #unused
            #interceptor
            #ty::<#(#parameters,)* #marker_type #(#consts),*> { #(#fields: #arguments.#indices,)* #marker }
        }
    };
    let (provides, hooks) = (list::provides(function), list::hooks(function));
    let (outer, list_type) = (
        outer_function(function, &provides, &hooks, function.phase.as_ref(), &body),
        list::list_type(function),
    );
    quote!(#outer #list_type)
}

/// Makes the function that others call, with the given body.
pub(super) fn outer_function(
    function: &Function,
    provides: &TokenStream,
    hooks: &TokenStream,
    phase: Option<&Ident>,
    body: &TokenStream,
) -> TokenStream {
    let Function { runtime: private, attrs, inner, vis, generics, .. } = function;
    let name = &inner.sig.ident;
    let (names, types): (Vec<_>, Vec<_>) = function.plain().map(|plain| (&plain.name, &plain.ty)).unzip();
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let captured = captured(function);
    let starts_only = function.starts_only().then(|| quote!(+ #private::StartsOnly));
    let in_phase = phase.map(|phase| quote!(+ #private::InPhase<Phase = #private::phase::#phase>));
    // rustc's errors show `Interceptor`, which users know.
    let allow = starts_only.as_ref().map(|_| quote!(#[allow(clippy::implied_bounds_in_impls)]));
    quote! {
        #(#attrs)*
        #allow
        #vis fn #name #impl_generics(
            #(#names: #types),*
        ) -> impl #private::Interceptor<Provides = #provides, Hooks = #hooks> #starts_only #in_phase + use<#captured> #where_clause {
            #body
        }
    }
}

/// Makes the type that implements `Interceptor`, with a field for each plain parameter. It has the function's name, which
/// rustc's errors then show. It is generic over the types of the parameters, so that only its impl spells them out.
fn interceptor_type(function: &Function) -> TokenStream {
    let Function { runtime: private, generics, .. } = function;
    let (fields, ty) = (fields(function), type_name(function));
    let types: Vec<_> = function.plain().map(|plain| &plain.ty).collect();
    let params: Vec<_> = (0..types.len()).map(|index| format_ident!("__T{index}")).collect();
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (provides, hooks) = (list::provides(function), list::hooks(function));
    let methods = match function.kind() {
        _ if function.encloses() => list::methods(function),
        Kind::Start => start(function),
        Kind::Around | Kind::Providing => around(function),
    };
    let (marker_param, marker_field, marker_type) = if has_generics(function) {
        let ty = marker_type(function);
        (Some(quote!(__G,)), Some(quote!(generics: ::core::marker::PhantomData<__G>)), Some(quote!(#ty,)))
    } else {
        (None, None, None)
    };
    // A type parameter cannot stand for a constant, and so the type has the constants as its own parameters.
    let (const_params, consts) =
        (generics.const_params().map(without_default), const_names(function).collect::<Vec<_>>());
    let self_type = quote!(#ty<#(#types,)* #marker_type #(#consts),*> #where_clause);
    let starts_only =
        function.starts_only().then(|| quote!(impl #impl_generics #private::StartsOnly for #self_type {}));
    let chain =
        function.encloses().then(|| list::chain(function, &quote!(#impl_generics), &quote!(for #self_type)));
    let phases = phases_constant(function);
    let in_phase = function.phase.as_ref().map(|phase| {
        quote!(impl #impl_generics #private::InPhase for #self_type { type Phase = #private::phase::#phase; })
    });
    quote! {
        #[allow(non_camel_case_types)]
        struct #ty<#(#params,)* #marker_param #(#const_params),*> {
            #(#fields: #params,)*
            #marker_field
        }
        impl #impl_generics #private::Interceptor for #self_type {
            type Provides = #provides;
            type Hooks = #hooks;
            #phases
            #methods
        }
        #starts_only
        #chain
        #in_phase
    }
}

/// Makes the constant with the phases, by which a tuple knows them: the phase that the function states, or those of its list.
fn phases_constant(function: &Function) -> Option<TokenStream> {
    let private = &function.runtime;
    let of_list = || {
        let range = list::range(function);
        quote!(const VESTIBULE_PHASES: #private::phase::PhaseRange = #range;)
    };
    let stated = function.phase.as_ref().map(|phase| phases(private, phase));
    stated.or_else(|| function.encloses().then(of_list))
}

/// Makes the methods of an interceptor that runs before the call.
fn start(function: &Function) -> TokenStream {
    let Function { runtime: private, provides, .. } = function;
    let run = call_user_function(function);
    let call = local("call");
    let provided = local("provided");
    let unguarded_rest = unguarded_rest(private, &quote!(#provides));
    quote! {
        async fn start(&self, #call: &#private::Call) -> ::core::result::Result<(#provides, ()), #private::Status> {
            let #provided = #run?;
            ::core::result::Result::Ok((#provided, ()))
        }

        #unguarded_rest
    }
}

/// Makes the methods of an interceptor that wraps the call.
fn around(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let run = call_user_function(function);
    let [call, rest] = ["call", "rest"].map(local);
    quote! {
        async fn start(&self, _: &#private::Call) -> ::core::result::Result<((), ()), #private::Status> {
            ::core::result::Result::Ok(((), ()))
        }
        async fn around<__Rest: #private::Rest>(
            &self,
            #call: &#private::Call,
            _: &(),
            #rest: __Rest,
        ) -> ::core::result::Result<(), #private::Status> {
            #run
        }
    }
}

fn const_names(function: &Function) -> impl Iterator<Item = &Ident> {
    function.generics.const_params().map(|param| &param.ident)
}

fn without_default(param: &ConstParam) -> TokenStream {
    let ConstParam { ident, ty, .. } = param;
    quote!(const #ident: #ty)
}

fn marker_type(function: &Function) -> TokenStream {
    let params = function.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            Some(quote!(&#lifetime ()))
        }
        GenericParam::Type(param) => {
            let name = &param.ident;
            Some(quote!(::core::marker::PhantomData<#name>))
        }
        GenericParam::Const(_) => None,
    });
    quote!(fn() -> (#(#params,)*))
}

fn marker_value(function: &Function) -> TokenStream {
    let ty = marker_type(function);
    quote!(generics: ::core::marker::PhantomData::<#ty>)
}

/// Makes the list of all generics for `use<...>`.
fn captured(function: &Function) -> TokenStream {
    let names = function.generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            quote!(#lifetime)
        }
        GenericParam::Type(TypeParam { ident, .. }) | GenericParam::Const(ConstParam { ident, .. }) => {
            quote!(#ident)
        }
    });
    quote!(#(#names),*)
}
