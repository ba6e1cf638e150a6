use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{bind, error, generics, path};
use crate::grpc_error::details::{self, Kind};
use crate::grpc_error::model::{ErrorType, Field, Own, Status, Variant};
use crate::grpc_error::text::Text;
use crate::names::mixed;
use crate::result_type::unwrapped;
use crate::runtime_path::RuntimePath;

/// `From<E> for Status`.
pub(super) fn expand(private: &RuntimePath, model: &ErrorType, is_valid: bool) -> TokenStream {
    let ident = &model.ident;
    let generics = generics(private, model, false);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = model.generics.split_for_impl();
    let error = error();
    let body = if is_valid { body(private, model) } else { quote!({ ::core::unreachable!() }) };
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::From<#ident #type_generics> for #private::Status #where_clause {
            fn from(#error: #ident #type_generics) -> Self #body
        }
    }
}

fn body(private: &RuntimePath, model: &ErrorType) -> TokenStream {
    let (error, outgoing) = (error(), mixed("outgoing"));
    let is_own = |variant: &Variant| matches!(variant.status, Status::Own(_));
    if !model.variants.iter().any(is_own) {
        let arms = model.variants.iter().map(|variant| transparent_arm(private, model, variant));
        return quote!({ match #error { #(#arms)* } });
    }
    let arms = model.variants.iter().map(|variant| match &variant.status {
        Status::Own(own) => own_arm(private, model, variant, own),
        Status::Transparent { .. } => {
            let (cfgs, path) = (&variant.cfgs, path(model, variant));
            let arm = transparent_arm(private, model, variant);
            quote! {
                #(#cfgs)*
                #path { .. } => return match #error {
                    #arm
                    #[allow(unreachable_patterns)]
                    _ => ::core::unreachable!(),
                },
            }
        }
    });
    // Whether the error can be kept as it is, method lookup tells, but it takes no account of lifetimes.
    let is_static =
        model.generics.lifetimes().next().is_none() && model.generics.type_params().next().is_none();
    let refs = if is_static { quote!(&&&) } else { quote!(&&) };
    quote!({
        #[allow(unused_imports)]
        use #private::{KeepError as _, KeepNothing as _, KeepSources as _};
        let #outgoing = match &#error { #(#arms)* };
        #outgoing.into_status((#refs #private::Keep::new(#error)).vestibule_keep())
    })
}

/// Hands on the status of the only field.
fn transparent_arm(private: &RuntimePath, model: &ErrorType, variant: &Variant) -> TokenStream {
    let Status::Transparent { prefix } = &variant.status else { unreachable!("the caller has looked") };
    let Some(Field { member, ty, .. }) = variant.fields.first() else {
        unreachable!("a variant without a field is an error")
    };
    let (cfgs, path, inner) = (&variant.cfgs, path(model, variant), mixed("inner"));
    let [prefix, max_size] = [
        prefix.as_ref().map(|prefix| prefix.expand(private, &[])),
        model.max_size.as_ref().map(ToTokens::to_token_stream),
    ]
    .map(|value| match value {
        Some(value) => quote!(#private::Option::Some(#value)),
        None => quote!(#private::Option::None),
    });
    quote! {
        #(#cfgs)*
        #path { #member: #inner } => #private::transparent(<#ty as #private::IntoStatus<_>>::into_status(#inner), #prefix, #max_size),
    }
}

/// Describes the status.
fn own_arm(private: &RuntimePath, model: &ErrorType, variant: &Variant, own: &Own) -> TokenStream {
    let (cfgs, path, error) = (&variant.cfgs, path(model, variant), error());
    let ident = &model.ident;
    let (_, type_generics, _) = model.generics.split_for_impl();
    let code = own.code.to_tokens(private);
    let message = match &own.message {
        Some(message) => message.expand(private, &variant.fields),
        // An error about `Display` belongs at the type that lacks it.
        None => quote!(<#ident #type_generics as #private::ErrorText>::text(&#error)),
    };
    let exposed = own.is_exposed.then(|| quote!(.exposed()));
    let max_size = model.max_size.as_ref().map(|max_size| quote!(.max_size(#max_size)));
    let reason = model.domain.as_ref().map(|domain| {
        let reason = &own.reason;
        let metadata = metadata(private, &variant.fields);
        quote!(.reason(#reason, #domain, [#(#metadata),*]))
    });
    let details = Kind::all().map(|kind| {
        let of_kind: Vec<_> = own.details.iter().filter(|detail| detail.kind == kind).collect();
        details::expand(private, &of_kind, &variant.fields)
    });
    let fields = variant.fields.iter().filter_map(|field| {
        let (kind, binding, ty) = (field.detail?, &field.binding, &field.ty);
        let path = kind.path(private, ty.span());
        let private = private.at(ty.span());
        let to_detail = quote_spanned!(ty.span()=> <#ty as #private::DetailField<#path>>::to_detail);
        Some(quote!(.optional(#to_detail(#binding))))
    });
    let (pattern, uses) = pattern(variant, own);
    quote! {
        #(#cfgs)*
        #path #pattern => {
            #uses
            #private::Outgoing::new(#code, #message) #exposed #max_size #reason #(#details)* #(#fields)*
        }
    }
}

/// The fields that go along: key and text.
fn metadata(private: &RuntimePath, fields: &[Field]) -> impl Iterator<Item = TokenStream> {
    fields.iter().filter_map(move |Field { metadata, binding, ty, .. }| {
        let key = metadata.as_ref()?;
        let inner = unwrapped(ty, "Option");
        let ty = inner.unwrap_or(ty);
        let private_at = private.at(ty.span());
        let to_text = quote_spanned!(ty.span()=> <#ty as #private_at::ErrorField>::to_text);
        Some(if inner.is_some() {
            quote!((#key, #private::Option::map(#private::Option::as_ref(#binding), #to_text)))
        } else {
            quote!((#key, #private::Option::Some(#to_text(#binding))))
        })
    })
}

/// Binds the fields that are used; what an expression uses can't be known.
fn pattern(variant: &Variant, own: &Own) -> (TokenStream, TokenStream) {
    let uses_all = own.has_expressions();
    let names: Vec<_> = own.texts().flat_map(Text::names).collect();
    let is_used = |field: &&Field| {
        uses_all || field.metadata.is_some() || field.detail.is_some() || names.contains(&field.name())
    };
    let used: Vec<_> = variant.fields.iter().filter(is_used).collect();
    let bound = used.iter().map(|field| bind(field));
    let bindings = used.iter().map(|field| &field.binding);
    let uses = uses_all.then(|| quote!(let _ = (#(#bindings,)*);));
    (quote!({ #(#bound,)* .. }), quote!(#uses))
}
