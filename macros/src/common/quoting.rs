//! Expressions that the expansions of functions, services and errors share.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use super::hygiene::{local, local_at};
use super::metadata_key::MetadataKey;
use super::runtime_path::RuntimePath;

/// Makes the closure that converts an error into a status. rustc reports a mistake at the error's type. If an alias hides
/// that type, rustc reports it at the alias.
pub(crate) fn error_into_status(
    private: &RuntimePath,
    error_type: Option<&Type>,
    alias: Span,
) -> TokenStream {
    let error = local("error");
    match error_type {
        Some(ty) => {
            let status = convert_error(private, &error, &into_status(private, ty));
            quote!(|#error: #ty| #status)
        }
        None => {
            let at = Span::mixed_site().located_at(alias);
            let (private_at, error) = (private.at(at), local_at("error", at));
            let into_status = quote_spanned!(at=> |#error| #private_at::IntoStatus::into_status(#error));
            let status = convert_error(private, &error, &into_status);
            quote_spanned!(at=> |#error| #status)
        }
    }
}

/// Makes the closure with the conversion that the error's type defines.
pub(crate) fn into_status(private: &RuntimePath, ty: &Type) -> TokenStream {
    let error = local("error");
    quote!(|#error: #ty| <#ty as #private::IntoStatus<_>>::into_status(#error))
}

/// Makes the block that converts the variable `error`. Method lookup finds out what the conversion `into_status` would lose
/// or tell the client of an error of this type.
pub(crate) fn convert_error(private: &RuntimePath, error: &Ident, into_status: &TokenStream) -> TokenStream {
    quote! {{
        use #private::ConvertReturned as _;
        (&&&#private::ReturnedError::of(&#error)).convert_returned_error(#error, #into_status)
    }}
}

/// Makes the call that reads the metadata of `key` as a value of type `ty`.
pub(crate) fn read_metadata(call: &Ident, key: &MetadataKey, ty: &TokenStream) -> TokenStream {
    let literal = &key.literal;
    let get = if key.is_binary() { quote!(get_bin) } else { quote!(get) };
    quote!(#call.#get::<#ty>(#literal))
}

/// Makes the constant of an impl of `Interceptor` with the phase that it states.
pub(crate) fn phases(private: &RuntimePath, phase: &Ident) -> TokenStream {
    quote!(const VESTIBULE_PHASES: #private::phase::PhaseRange = #private::phase::range_of::<#private::phase::#phase>();)
}

/// Makes the method with which an interceptor that does not wrap the call runs the rest: nothing of the interceptor runs after
/// the rest, so the rest needs no guard.
pub(crate) fn unguarded_rest(private: &RuntimePath, provides: &TokenStream) -> TokenStream {
    let rest = local("rest");
    quote! {
        #[inline]
        fn vestibule_guard<'__rest, __Method: #private::Method>(
            &'__rest self,
            _: &'__rest #private::Call,
            _: &'__rest #provides,
            #rest: #private::RestRef<'__rest>,
        ) -> impl ::core::future::Future<Output = ::core::result::Result<(), #private::Status>> + ::core::marker::Send {
            #private::UnguardedRest::new(#rest)
        }
    }
}

/// Makes the constant that reports the text which a `const fn` of the runtime returns. rustc's error about it underlines
/// `tokens`, because the call begins and ends with their spans.
pub(crate) fn report_at(
    private: &RuntimePath,
    tokens: &TokenStream,
    function: &str,
    arguments: &TokenStream,
) -> TokenStream {
    let Some((start, end)) = ends_of(tokens) else { return TokenStream::new() };
    let (private, function) = (private.at(start), Ident::new(function, start));
    let text = parentheses_at(end, quote!(&#private::#function(#arguments)));
    quote_spanned!(start=> const _: () = #private::report #text;)
}

/// Returns the spans of the first and the last token.
pub(crate) fn ends_of(tokens: &TokenStream) -> Option<(Span, Span)> {
    let spans: Vec<_> = tokens.clone().into_iter().map(|token| token.span()).collect();
    Some((*spans.first()?, *spans.last()?))
}

/// Puts arguments into parentheses that have a span of their own.
pub(crate) fn parentheses_at(at: Span, arguments: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Parenthesis, arguments);
    group.set_span(at);
    group
}
