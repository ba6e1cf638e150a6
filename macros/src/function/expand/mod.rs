mod list;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{ConstParam, GenericParam, Generics, Index, TypeParam};

use super::model::function::{Function, Kind};
use super::model::param::{Param, Plain};
use crate::args::entry::Entry;
use crate::chain::is_named_by;
use crate::common::cfgs::cfgs;
use crate::common::hygiene::local;
use crate::common::quoting::{error_into_status, read_metadata};
use crate::syntax::function::{output_span, typed_params};

/// Makes a function of the same name that takes the plain parameters and returns the interceptor.
pub(super) fn expand(function: &Function) -> TokenStream {
    let (inner, interceptor, ty) = (&function.inner, interceptor_type(function), type_name(function));
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
            #interceptor
            #ty::<#(#parameters,)* #marker_type #(#consts),*> { #(#fields: #arguments.#indices,)* #marker }
        }
    };
    let (outer, list_type) = (outer_function(function, &hooks(function), &body), list_type(function));
    quote!(#outer #list_type)
}

/// Returns the type of the interceptor's hooks.
fn hooks(function: &Function) -> TokenStream {
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
fn list_type(function: &Function) -> Option<TokenStream> {
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

/// Makes the function that others call, with the given body.
pub(super) fn outer_function(function: &Function, hooks: &TokenStream, body: &TokenStream) -> TokenStream {
    let Function { runtime: private, attrs, inner, vis, generics, provides, .. } = function;
    let name = &inner.sig.ident;
    let (names, types): (Vec<_>, Vec<_>) = function.plain().map(|plain| (&plain.name, &plain.ty)).unzip();
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let captured = captured(function);
    let starts_only = function.starts_only().then(|| quote!(+ #private::StartsOnly));
    quote! {
        #(#attrs)*
        #vis fn #name #impl_generics(
            #(#names: #types),*
        ) -> impl #private::Interceptor<Provides = #provides, Hooks = #hooks> #starts_only + use<#captured> #where_clause {
            #body
        }
    }
}

/// Makes the type that implements `Interceptor`, with a field for each plain parameter. It has the function's name, which
/// rustc's errors then show. It is generic over the types of the parameters, so that only its impl spells them out.
fn interceptor_type(function: &Function) -> TokenStream {
    let Function { runtime: private, generics, provides, .. } = function;
    let (fields, ty) = (fields(function), type_name(function));
    let types: Vec<_> = function.plain().map(|plain| &plain.ty).collect();
    let params: Vec<_> = (0..types.len()).map(|index| format_ident!("__T{index}")).collect();
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let hooks = hooks(function);
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
    let starts_only = function.starts_only().then(|| {
        quote! {
            impl #impl_generics #private::StartsOnly for #ty<#(#types,)* #marker_type #(#consts),*> #where_clause {}
        }
    });
    quote! {
        #[allow(non_camel_case_types)]
        struct #ty<#(#params,)* #marker_param #(#const_params),*> {
            #(#fields: #params,)*
            #marker_field
        }
        impl #impl_generics #private::Interceptor for #ty<#(#types,)* #marker_type #(#consts),*> #where_clause {
            type Provides = #provides;
            type Hooks = #hooks;
            #methods
        }
        #starts_only
    }
}

/// Makes the methods of an interceptor that runs before the call.
fn start(function: &Function) -> TokenStream {
    let Function { runtime: private, provides, .. } = function;
    let run = call_user_function(function);
    let call = local("call");
    let [provided, rest] = ["provided", "rest"].map(local);
    quote! {
        async fn start(&self, #call: &#private::Call) -> ::core::result::Result<(#provides, ()), #private::Status> {
            let #provided = #run?;
            ::core::result::Result::Ok((#provided, ()))
        }

        #[inline]
        fn guard<'__rest, __Method: #private::Method>(
            &'__rest self,
            _: &'__rest #private::Call,
            _: &'__rest #private::Begun<#provides>,
            #rest: #private::RestRef<'__rest>,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<(), #private::Status>> + ::core::marker::Send {
            #private::UnguardedRest::new(#rest)
        }
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

/// Makes the call of the user's function.
fn call_user_function(function: &Function) -> TokenStream {
    let private = &function.runtime;
    let name = &function.inner.sig.ident;
    let (call, rest) = (local("call"), local("rest"));
    let mut fields = fields(function).into_iter();
    let values = function.params.iter().map(|param| match param {
        Param::Plain(Plain { ty, .. }) => {
            let field = fields.next();
            quote!(<#ty as #private::ListedValue>::for_this_call(&self.#field))
        }
        Param::Metadata(key, ty) => {
            let value = read_metadata(&call, key, &quote!(#ty));
            quote!(#value?)
        }
        Param::Extractor(ty) => quote!(<#ty as #private::FromCall<'_>>::from_call(#call)?),
        Param::Bound(name) => {
            // The name has the span of the parameter, so that rustc reports a wrong type there.
            let mut names = function.entries.iter().filter_map(Entry::name);
            let mut bound = names.find(|bound| is_named_by(name, bound)).unwrap_or(name).clone();
            bound.set_span(bound.span().located_at(name.span()));
            quote!(#bound)
        }
        Param::Call => quote!(#call),
        Param::Rest | Param::RestWith(_) => quote!(#rest),
    });
    let cfgs = typed_params(&function.inner.sig).map(|input| cfgs(&input.attrs));
    let arguments = values.zip(cfgs).map(|(value, cfgs)| quote!(#(#cfgs)* #value));
    let into_status = error_into_status(private, function.error.as_ref(), output_span(&function.inner.sig));
    let generics = explicit_generics(&function.inner.sig.generics);
    quote!(#name #generics(#(#arguments),*).await.map_err(#into_status))
}

/// Makes the `::<T, N>` of the call of the user's function, because rustc cannot infer all of them from the arguments.
fn explicit_generics(generics: &Generics) -> Option<TokenStream> {
    let names: Vec<_> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Lifetime(_) => None,
            GenericParam::Type(TypeParam { ident, .. }) | GenericParam::Const(ConstParam { ident, .. }) => {
                Some(ident)
            }
        })
        .collect();
    (!names.is_empty()).then(|| quote!(::<#(#names),*>))
}

fn const_names(function: &Function) -> impl Iterator<Item = &Ident> {
    function.generics.const_params().map(|param| &param.ident)
}

fn without_default(param: &ConstParam) -> TokenStream {
    let ConstParam { ident, ty, .. } = param;
    quote!(const #ident: #ty)
}

fn fields(function: &Function) -> Vec<Ident> {
    (0..function.plain().count()).map(|index| format_ident!("argument{index}")).collect()
}

/// Returns true if the type needs a marker field. An impl must mention each of its generics, also one that no plain
/// parameter has.
fn has_generics(function: &Function) -> bool {
    !function.inner.sig.generics.params.is_empty()
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

/// Returns a name that does not occur in the user's signature, which is in scope of the type.
fn type_name(function: &Function) -> Ident {
    format_ident!("{}_interceptor", function.inner.sig.ident.unraw())
}
