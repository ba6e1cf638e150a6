use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::details::detail_path;
use super::pattern::{Direction, bounded_generics, variant_path};
use crate::common::hygiene::{local, local_at};
use crate::common::runtime_path::RuntimePath;
use crate::common::types::inner_type;
use crate::grpc_error::model::error_type::ErrorType;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::model::variant::{DeclaredStatus, Status, Variant};

/// Makes the impl of `TryFrom<&Status>`, if the type has a domain.
pub(super) fn conversion(
    private: &RuntimePath,
    model: &ErrorType,
    body: &TokenStream,
) -> Option<TokenStream> {
    model.domain.as_ref()?;
    let ident = &model.ident;
    let generics = bounded_generics(private, model, Direction::FromStatus);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = model.generics.split_for_impl();
    let status = local("status");
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

/// Makes the body that restores an error.
pub(super) fn body(private: &RuntimePath, model: &ErrorType) -> TokenStream {
    let Some(domain) = &model.domain else { return TokenStream::new() };
    let [status, incoming, error] = ["status", "incoming", "error"].map(local);
    let declared = model.variants.iter().filter_map(|variant| Some((variant, variant.declared_status()?)));
    let arms = declared.map(|(variant, declared)| declared_arm(private, model, variant, declared));
    let is_transparent = |variant: &&Variant| matches!(variant.status, Some(Status::Transparent { .. }));
    let transparent = model.variants.iter().filter(is_transparent);
    let transparent = transparent.map(|variant| restore_inner(private, model, variant));
    quote!({
        let #error = match #private::ReceivedStatus::new(#status, #domain) {
            #private::Result::Ok(#incoming) => match #incoming.reason() {
                #(#arms)*
                _ => #incoming.unknown_reason(),
            },
            #private::Result::Err(#error) => #error,
        };
        #(#transparent)*
        #private::Result::Err(#error)
    })
}

fn declared_arm(
    private: &RuntimePath,
    model: &ErrorType,
    variant: &Variant,
    declared: &DeclaredStatus,
) -> TokenStream {
    let (cfgs, path, reason) = (&variant.cfgs, variant_path(model, variant), &declared.reason);
    let incoming = local("incoming");
    if variant.fields.iter().any(|field| field.is_source) {
        return quote!(#(#cfgs)* #reason => #incoming.not_restorable(#reason),);
    }
    let fields = variant.fields.iter().map(|field| restore_field(private, field));
    quote!(#(#cfgs)* #reason => return #private::Result::Ok(#path { #(#fields),* }),)
}

fn restore_field(private: &RuntimePath, field: &Field) -> TokenStream {
    let Field { member, ty, .. } = field;
    let incoming = local_at("incoming", Span::mixed_site().located_at(ty.span()));
    let private_at = private.at(ty.span());
    let value = match (&field.metadata, field.detail) {
        (None, None) if field.is_code && !field.is_default => quote_spanned!(ty.span()=> #incoming.code()),
        (Some(key), _) => match inner_type(ty, "Option") {
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
            let (path, key) = (detail_path(kind, private, ty.span()), kind.key);
            quote_spanned! {ty.span()=>
                #incoming.detail(#key, <#ty as #private_at::DetailField<#path>>::from_detail)?
            }
        }
        (None, None) => quote_spanned!(ty.span()=> <#ty as ::core::default::Default>::default()),
    };
    quote!(#member: #value)
}

/// Makes the statement that restores the error in a transparent variant, if that error can be restored.
fn restore_inner(private: &RuntimePath, model: &ErrorType, variant: &Variant) -> TokenStream {
    let Some(Field { member, ty, .. }) = variant.fields.first() else {
        unreachable!("a transparent variant without a field is an error")
    };
    let (cfgs, path) = (&variant.cfgs, variant_path(model, variant));
    let [status, inner] = ["status", "inner"].map(local);
    quote! {
        #(#cfgs)*
        {
            #[allow(unused_imports)]
            use #private::{RestoreError as _, RestoreNothing as _};
            if let #private::Option::Some(#inner) = (&&#private::Restore::<#ty>::new()).vestibule_restore(#status) {
                return #private::Result::Ok(#path { #member: #inner });
            }
        }
    }
}
