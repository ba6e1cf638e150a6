use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::text::text;
use crate::common::runtime_path::RuntimePath;
use crate::grpc_error::model::field::Field;
use crate::grpc_error::parse::detail::{Detail, DetailValue};
use crate::grpc_error::parse::detail_kind::Kind;

/// Makes the path of a detail's type in the runtime.
pub(super) fn detail_path(kind: &Kind, private: &RuntimePath, at: Span) -> TokenStream {
    let (private, ty) = (private.at(at), Ident::new(kind.ty, at));
    // This word has a span of ours. Otherwise rustc would warn that the path is longer than needed where the user has
    // imported the type.
    let details = Ident::new("details", Span::call_site().located_at(at));
    quote_spanned!(at=> #private::#details::#ty)
}

/// Makes the calls that add the details of one kind to the status.
pub(super) fn add_details(private: &RuntimePath, details: &[&Detail], fields: &[Field]) -> TokenStream {
    let Some(first) = details.first() else { return TokenStream::new() };
    let kind = first.kind;
    match &first.value {
        DetailValue::Millis(millis) => {
            let path = detail_path(kind, private, Span::call_site());
            quote!(.detail(#path::new(#private::Option::Some(#private::Duration::from_millis(#millis)))))
        }
        DetailValue::Expr(expr) => {
            let path = detail_path(kind, private, expr.span());
            let private = private.at(expr.span());
            let detail = quote_spanned!(expr.span()=> #private::DetailField::<#path>::to_detail(&(#expr)));
            quote!(.optional_detail(#detail))
        }
        DetailValue::Texts(_) => add_texts(private, kind, details, fields),
    }
}

fn add_texts(private: &RuntimePath, kind: &Kind, details: &[&Detail], fields: &[Field]) -> TokenStream {
    let path = detail_path(kind, private, Span::call_site());
    let arguments = details.iter().map(|detail| {
        let DetailValue::Texts(texts) = &detail.value else { unreachable!("a kind has one form") };
        let texts = texts.iter().map(|given| match given {
            Some(given) => text(private, given, fields),
            None => quote!(""),
        });
        quote!(#(#texts),*)
    });
    match kind.item_ty {
        None => quote!(#(.detail(#path::new(#arguments)))*),
        Some(item_ty) => {
            let item_ty = format_ident!("{item_ty}");
            quote!(.detail(#path::new([#(#private::details::#item_ty::new(#arguments)),*])))
        }
    }
}
