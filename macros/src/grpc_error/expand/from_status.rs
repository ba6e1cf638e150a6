use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{generics, path};
use crate::grpc_error::model::{ErrorType, Field, Own, Status, Variant};
use crate::names::{local, mixed};
use crate::result_type::unwrapped;
use crate::runtime_path::RuntimePath;

/// `TryFrom<&Status> for E`, if it has a domain.
pub(super) fn expand(private: &RuntimePath, model: &ErrorType, is_valid: bool) -> Option<TokenStream> {
    let domain = model.domain.as_ref()?;
    let ident = &model.ident;
    let generics = generics(private, model, true);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = model.generics.split_for_impl();
    let status = mixed("status");
    let body =
        if is_valid { body(private, model, &quote!(#domain)) } else { quote!({ ::core::unreachable!() }) };
    let error = quote!(#private::TryFromStatusError);
    Some(quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::FromStatus for #ident #type_generics #where_clause {
            fn from_status(#status: &#private::Status) -> #private::Result<Self, #error> #body
        }

        #[automatically_derived]
        impl #impl_generics #private::TryFrom<&#private::Status> for #ident #type_generics #where_clause {
            type Error = #error;

            fn try_from(#status: &#private::Status) -> #private::Result<Self, #error> {
                #private::FromStatus::from_status(#status)
            }
        }
    })
}

fn body(private: &RuntimePath, model: &ErrorType, domain: &TokenStream) -> TokenStream {
    let [status, incoming, error] = ["status", "incoming", "error"].map(mixed);
    let arms = model.variants.iter().filter_map(|variant| match &variant.status {
        Status::Own(own) => Some(own_arm(private, model, variant, own)),
        Status::Transparent { .. } => None,
    });
    let inner = model.variants.iter().filter_map(|variant| match &variant.status {
        Status::Own(_) => None,
        Status::Transparent { .. } => Some(inner(private, model, variant)),
    });
    quote!({
        let #error = match #private::Incoming::new(#status, #domain) {
            #private::Result::Ok(#incoming) => match #incoming.reason() {
                #(#arms)*
                _ => #incoming.unknown(),
            },
            #private::Result::Err(#error) => #error,
        };
        #(#inner)*
        #private::Result::Err(#error)
    })
}

fn own_arm(private: &RuntimePath, model: &ErrorType, variant: &Variant, own: &Own) -> TokenStream {
    let (cfgs, path, reason) = (&variant.cfgs, path(model, variant), &own.reason);
    let incoming = mixed("incoming");
    if variant.fields.iter().any(|field| field.is_source) {
        return quote!(#(#cfgs)* #reason => #incoming.local(#reason),);
    }
    let fields = variant.fields.iter().map(|field| self::field(private, field));
    quote!(#(#cfgs)* #reason => return #private::Result::Ok(#path { #(#fields),* }),)
}

fn field(private: &RuntimePath, field: &Field) -> TokenStream {
    let Field { member, ty, .. } = field;
    let incoming = local("incoming", Span::mixed_site().located_at(ty.span()));
    let private_at = private.at(ty.span());
    let value = match (&field.metadata, field.detail) {
        (Some(key), _) => match unwrapped(ty, "Option") {
            Some(ty) => {
                quote_spanned! {ty.span()=>
                    #incoming.optional_metadata(#key, <#ty as #private_at::ErrorField>::from_text)?
                }
            }
            None => {
                quote_spanned!(ty.span()=> #incoming.metadata(#key, <#ty as #private_at::ErrorField>::from_text)?)
            }
        },
        (None, Some(kind)) => {
            let (path, key) = (kind.path(private, ty.span()), kind.key);
            quote_spanned! {ty.span()=>
                #incoming.detail(#key, <#ty as #private_at::DetailField<#path>>::from_detail)?
            }
        }
        (None, None) => quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default()),
    };
    quote!(#member: #value)
}

/// The error in a transparent variant may have a way back of its own.
fn inner(private: &RuntimePath, model: &ErrorType, variant: &Variant) -> TokenStream {
    let Some(Field { member, ty, .. }) = variant.fields.first() else {
        unreachable!("a variant without a field is an error")
    };
    let (cfgs, path) = (&variant.cfgs, path(model, variant));
    let [status, inner] = ["status", "inner"].map(mixed);
    quote! {
        #(#cfgs)*
        {
            #[allow(unused_imports)]
            use #private::{BackFrom as _, BackFromNothing as _};
            if let #private::Option::Some(#inner) = (&&#private::Back::<#ty>::new()).vestibule_back(#status) {
                return #private::Result::Ok(#path { #member: #inner });
            }
        }
    }
}
