use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{GenericParam, Index, Type};

use super::model::{Function, Param};
use crate::service::read;

/// A function of the same name that takes the plain parameters and returns the interceptor.
pub(super) fn expand(function: &Function) -> TokenStream {
    let Function { runtime: private, attrs, inner, vis, generics, provides, .. } = function;
    let name = &inner.sig.ident;
    let types = plain_types(function);
    let values: Vec<_> =
        (0..types.len()).map(|index| format_ident!("argument{index}", span = Span::mixed_site())).collect();
    let names: Vec<_> = plain_names(function, &values);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let captured = captured(function);
    let interceptor = interceptor(function, &types);
    let ty = type_name(function);
    let unused = has_generics(function).then(|| quote!(#private::PhantomData,));
    quote! {
        #(#attrs)*
        #vis fn #name #impl_generics(
            #(#names: #types),*
        ) -> impl #private::Interceptor<Provides = #provides, Hooks = ()> + use<#captured> #where_clause {
            #inner
            #interceptor
            #ty(#(#names,)* #unused)
        }
    }
}

/// The type behind it: a tuple of the plain parameters. It is generic over their types, so that
/// only its impl has to spell them out.
fn interceptor(function: &Function, types: &[&Type]) -> TokenStream {
    let Function { runtime: private, generics, provides, .. } = function;
    let ty = type_name(function);
    let fields: Vec<_> = (0..types.len()).map(|index| format_ident!("T{index}")).collect();
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (phantom, generic_types) = if has_generics(function) {
        let all = all_generics(function);
        (Some(quote!(G)), Some(quote!(fn() -> (#all))))
    } else {
        (None, None)
    };
    let phantom_field = phantom.as_ref().map(|phantom| quote!(#private::PhantomData<#phantom>,));
    let methods = if function.wraps() { around(function) } else { start(function) };
    quote! {
        struct #ty<#(#fields,)* #phantom>(#(#fields,)* #phantom_field);
        impl #impl_generics #private::Interceptor for #ty<#(#types,)* #generic_types> #where_clause {
            type Provides = #provides;
            type Hooks = ();
            #methods
        }
    }
}

fn start(function: &Function) -> TokenStream {
    let Function { runtime: private, provides, .. } = function;
    let run = run(function);
    let call = call_name(function);
    let provided = mixed("provided");
    quote! {
        async fn start(&self, #call: &#private::Call) -> #private::Result<(#provides, ()), #private::Status> {
            let #provided = #run?;
            #private::Result::Ok((#provided, ()))
        }
    }
}

fn around(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let run = run(function);
    let (call, rest) = (call_name(function), mixed("rest"));
    quote! {
        async fn start(&self, _call: &#private::Call) -> #private::Result<((), ()), #private::Status> {
            #private::Result::Ok(((), ()))
        }
        async fn around<R: #private::Rest>(
            &self,
            #call: &#private::Call,
            _provided: &(),
            #rest: R,
        ) -> #private::Result<(), #private::Status> {
            #run
        }
    }
}

/// Calls the user's function.
fn run(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let name = &function.inner.sig.ident;
    let call = mixed("call");
    let mut plain = 0;
    let arguments = function.params.iter().map(|param| match param {
        Param::Plain(_) => {
            let index = Index::from(plain);
            plain += 1;
            quote!(#private::Clone::clone(&self.#index))
        }
        Param::Metadata(key, ty) => {
            let read = read(&call, key, &quote!(#ty));
            quote!(#read?)
        }
        Param::Call => quote!(#call),
        Param::Rest => {
            let rest = mixed("rest");
            quote!(#rest)
        }
    });
    let error = function.error.as_ref().map(|error| quote!(::<#error>));
    quote!(#name(#(#arguments),*).await.map_err(#private::into_status #error))
}

/// `call`, or a name that may go unused.
fn call_name(function: &Function) -> Ident {
    let is_used = function.params.iter().any(|param| matches!(param, Param::Metadata(..) | Param::Call));
    mixed(if is_used { "call" } else { "_call" })
}

fn plain_types(function: &Function) -> Vec<&Type> {
    let plain = function.params.iter().filter_map(|param| match param {
        Param::Plain(ty) => Some(ty),
        _ => None,
    });
    plain.collect()
}

/// The names of the plain parameters as the user wrote them, for rustdoc and editors.
fn plain_names(function: &Function, fallback: &[Ident]) -> Vec<Ident> {
    let written = function
        .inner
        .sig
        .inputs
        .iter()
        .zip(&function.params)
        .filter(|(_, param)| matches!(param, Param::Plain(_)));
    written
        .zip(fallback)
        .map(|((input, _), fallback)| match input {
            syn::FnArg::Typed(param) => match &*param.pat {
                syn::Pat::Ident(pat) => pat.ident.clone(),
                _ => fallback.clone(),
            },
            syn::FnArg::Receiver(_) => fallback.clone(),
        })
        .collect()
}

fn has_generics(function: &Function) -> bool {
    !function.inner.sig.generics.params.is_empty()
}

/// All type and lifetime parameters, in types: the impl must mention each of them.
fn all_generics(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let params = function.generics.params.iter().filter_map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            Some(quote!(&#lifetime (),))
        }
        GenericParam::Type(param) => {
            let name = &param.ident;
            Some(quote!(#private::PhantomData<#name>,))
        }
        GenericParam::Const(_) => None,
    });
    quote!(#(#params)*)
}

fn captured(function: &Function) -> TokenStream {
    let params = function.generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(param) => {
            let lifetime = &param.lifetime;
            quote!(#lifetime)
        }
        GenericParam::Type(param) => {
            let name = &param.ident;
            quote!(#name)
        }
        GenericParam::Const(param) => {
            let name = &param.ident;
            quote!(#name)
        }
    });
    quote!(#(#params),*)
}

/// Not a name that could stand in the user's signature, which sees it.
fn type_name(function: &Function) -> Ident {
    let name = &function.inner.sig.ident;
    format_ident!("__{name}", span = Span::mixed_site())
}

fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
