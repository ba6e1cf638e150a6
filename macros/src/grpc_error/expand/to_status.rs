use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::codes::codes;
use super::details::{add_details, detail_path};
use super::pattern::{Direction, bounded_generics, field_pattern, variant_path};
use super::text::text;
use crate::common::hygiene::local;
use crate::common::quoting::{convert_error, into_status};
use crate::common::runtime_path::RuntimePath;
use crate::common::types::inner_type;
use crate::grpc_error::model::error_type::ErrorType;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::model::variant::{DeclaredStatus, Status, Variant};
use crate::grpc_error::parse::detail_kind::Kind;
use crate::grpc_error::parse::status_code::StatusCode;
use crate::grpc_error::parse::text::Text;

/// Makes the impl of `From<E> for Status`.
pub(super) fn conversion(private: &RuntimePath, model: &ErrorType, body: &TokenStream) -> TokenStream {
    let ident = &model.ident;
    let generics = bounded_generics(private, model, Direction::ToStatus);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (own_generics, type_generics, own_where_clause) = model.generics.split_for_impl();
    let (error, codes) = (local("error"), codes(private, model));
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::From<#ident #type_generics> for #private::Status #where_clause {
            fn from(#error: #ident #type_generics) -> Self #body
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #own_generics #private::GrpcError for #ident #type_generics #own_where_clause {
            #codes
        }
    }
}

/// Makes the impl with the two steps of the conversion. They are methods of the error, so that expressions of the user can
/// use `self` and `Self`.
pub(super) fn steps(private: &RuntimePath, model: &ErrorType) -> TokenStream {
    let ident = &model.ident;
    let generics = bounded_generics(private, model, Direction::ToStatus);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (_, type_generics, _) = model.generics.split_for_impl();
    let builder = builder(private, model);
    let is_transparent = |variant: &&Variant| variant.declared_status().is_none();
    let transparent = model.variants.iter().filter(is_transparent);
    let transparent = transparent.map(|variant| transparent_arm(private, model, variant));
    let declared = builder.is_some().then(|| retaining_arm(private, model));
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #private::ConvertError for #ident #type_generics #where_clause {
            #builder

            fn vestibule_into_status(self) -> #private::Status {
                match self { #(#transparent)* #declared }
            }
        }
    }
}

/// Makes the method that describes the status of the variants with a code, if there are any.
fn builder(private: &RuntimePath, model: &ErrorType) -> Option<TokenStream> {
    if model.variants.iter().all(|variant| variant.declared_status().is_none()) {
        return None;
    }
    let arms = model.variants.iter().map(|variant| match variant.declared_status() {
        Some(declared) => declared_arm(private, model, variant, declared),
        None => {
            let (cfgs, path) = (&variant.cfgs, variant_path(model, variant));
            quote!(#(#cfgs)* #path { .. } => ::core::unreachable!(),)
        }
    });
    Some(quote! {
        fn vestibule_builder(&self) -> #private::StatusBuilder {
            match self { #(#arms)* }
        }
    })
}

/// Makes the arm of all variants with a code. The status retains the error.
fn retaining_arm(private: &RuntimePath, model: &ErrorType) -> TokenStream {
    let [error, builder] = ["error", "builder"].map(local);
    // Method lookup finds out whether the error can be kept as the source of the status. The lookup ignores lifetimes, and
    // so it must not be asked about an error that may borrow.
    let is_static = model.generics.lifetimes().next().is_none();
    let refs = if is_static { quote!(&&&&) } else { quote!(&&&) };
    quote! {
        #[allow(unreachable_patterns)]
        #error => {
            #[allow(unused_imports)]
            use #private::{RetainError as _, RetainNothing as _, RetainSources as _, RetainText as _};
            let #builder = #private::ConvertError::vestibule_builder(&#error);
            #builder.into_status((#refs #private::Retain::new(#error)).vestibule_retain())
        }
    }
}

/// Makes the arm that sends the status of the only field.
fn transparent_arm(private: &RuntimePath, model: &ErrorType, variant: &Variant) -> TokenStream {
    let (Some(Status::Transparent { prefix }), [Field { member, ty, .. }]) =
        (&variant.status, variant.fields.as_slice())
    else {
        unreachable!("a variant without a status, and a transparent one without its field, are errors")
    };
    let (cfgs, path, inner) = (&variant.cfgs, variant_path(model, variant), local("inner"));
    let status = convert_error(private, &inner, &into_status(private, ty));
    let prefix = prefix.as_ref().map(|prefix| text(private, prefix, &[]));
    let max_size = model.max_size.as_ref().map(ToTokens::to_token_stream);
    let [prefix, max_size] = [prefix, max_size].map(|value| match value {
        Some(value) => quote!(#private::Option::Some(#value)),
        None => quote!(#private::Option::None),
    });
    quote! {
        #(#cfgs)*
        #path { #member: #inner } => #private::transparent(#status, #prefix, #max_size),
    }
}

/// Makes the arm that builds a status from the attributes.
fn declared_arm(
    private: &RuntimePath,
    model: &ErrorType,
    variant: &Variant,
    declared: &DeclaredStatus,
) -> TokenStream {
    let (cfgs, path) = (&variant.cfgs, variant_path(model, variant));
    let code = match &declared.code {
        StatusCode::Constant(code) => code.to_tokens(private),
        StatusCode::RunTime { expr, .. } => run_time_code(private, expr),
    };
    let message = message(private, model, variant, declared);
    let reworded = declared.message.is_some().then(|| quote!(.reworded()));
    let exposed = declared.is_exposed.then(|| quote!(.exposed()));
    let unlogged = declared.is_unlogged.then(|| quote!(.unlogged()));
    let max_size = model.max_size.as_ref().map(|max_size| quote!(.max_size(#max_size)));
    let reason = model.domain.as_ref().map(|domain| {
        let reason = &declared.reason;
        let metadata = metadata(private, &variant.fields);
        quote!(.reason(#reason, #domain, [#(#metadata),*]))
    });
    let details = Kind::all().map(|kind| {
        let of_kind: Vec<_> = declared.details.iter().filter(|detail| detail.kind == kind).collect();
        add_details(private, &of_kind, &variant.fields)
    });
    let fields = detail_fields(private, &variant.fields);
    let (pattern, uses) = pattern(variant, declared);
    quote! {
        #(#cfgs)*
        #path #pattern => {
            #uses
            #private::StatusBuilder::new(#code, #message) #reworded #exposed #unlogged #max_size #reason #(#details)* #(#fields)*
        }
    }
}

/// Makes the code of an expression. The type of the variable makes rustc report another type at the expression.
fn run_time_code(private: &RuntimePath, expr: &Expr) -> TokenStream {
    let code = local("code");
    quote!({
        let #code: #private::Code = #expr;
        #code
    })
}

fn message(
    private: &RuntimePath,
    model: &ErrorType,
    variant: &Variant,
    declared: &DeclaredStatus,
) -> TokenStream {
    if let Some(message) = &declared.message {
        return text(private, message, &variant.fields);
    }
    let ident = &model.ident;
    let (_, type_generics, _) = model.generics.split_for_impl();
    // rustc reports a missing `Display` at the type.
    quote!(<#ident #type_generics as #private::ErrorText>::text(self))
}

/// Makes the calls that add the fields which are details.
fn detail_fields(private: &RuntimePath, fields: &[Field]) -> impl Iterator<Item = TokenStream> {
    fields.iter().filter_map(|field| {
        let (kind, binding, ty) = (field.detail?, &field.binding, &field.ty);
        let path = detail_path(kind, private, ty.span());
        let private = private.at(ty.span());
        let to_detail = quote_spanned!(ty.span()=> <#ty as #private::DetailField<#path>>::to_detail);
        Some(quote!(.optional_detail(#to_detail(#binding))))
    })
}

/// Makes the key and the text of each field that is sent as metadata.
fn metadata(private: &RuntimePath, fields: &[Field]) -> impl Iterator<Item = TokenStream> {
    fields.iter().filter_map(move |Field { metadata, binding, ty, .. }| {
        let key = metadata.as_ref()?;
        let inner = inner_type(ty, "Option");
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

/// Makes the pattern that binds the fields which are used. An expression may use any of them, and then a statement uses
/// them all.
fn pattern(variant: &Variant, declared: &DeclaredStatus) -> (TokenStream, TokenStream) {
    let uses_all = declared.has_expressions();
    let names: Vec<_> = declared.texts().flat_map(Text::field_names).collect();
    let is_used = |field: &&Field| {
        uses_all || field.metadata.is_some() || field.detail.is_some() || names.contains(&field.name())
    };
    let used: Vec<_> = variant.fields.iter().filter(is_used).collect();
    let bound = used.iter().map(|field| field_pattern(field));
    let bindings = used.iter().map(|field| &field.binding);
    let uses = uses_all.then(|| quote!(let _ = (#(#bindings,)*);));
    (quote!({ #(#bound,)* .. }), quote!(#uses))
}
