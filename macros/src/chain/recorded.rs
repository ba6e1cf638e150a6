//! The entries of a list, whose types are known only inside of its chain. The type of the chain's future tells them: which of
//! them are named lists, and to which phases they belong.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::args::entry::Entry;
use crate::common::hygiene::local;
use crate::common::quoting::{ends_of, parentheses_at};
use crate::common::runtime_path::RuntimePath;

/// Returns the interceptors among the entries, each with the variable for its types.
pub(crate) fn numbered<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<(&'a Entry, Ident)> {
    let numbered = entries.filter(is_interceptor).enumerate();
    numbered.map(|(index, entry)| (entry, local(&format!("type{index}")))).collect()
}

pub(crate) fn is_interceptor(entry: &&Entry) -> bool {
    matches!(entry, Entry::Interceptor { .. })
}

/// Makes the variables of the recorded entries, the bound for the future of a service's chain, and the future with their types.
pub(crate) fn with_entries(
    private: &RuntimePath,
    recorded: &[(&Entry, Ident)],
    future: TokenStream,
) -> (TokenStream, TokenStream, TokenStream) {
    if recorded.is_empty() {
        return (TokenStream::new(), TokenStream::new(), future);
    }
    let (declared, future) = with_types(private, recorded, &future);
    (declared, quote!(+ #private::KnownEntries), future)
}

/// Makes the variables of the recorded entries, and the future with their types.
pub(crate) fn with_types(
    private: &RuntimePath,
    recorded: &[(&Entry, Ident)],
    future: &TokenStream,
) -> (TokenStream, TokenStream) {
    let variables = recorded.iter().map(|(_, variable)| variable);
    let types = recorded
        .iter()
        .rev()
        .fold(quote!(()), |inner, (_, variable)| quote!((#private::Clone::clone(&#variable), #inner)));
    let declared = quote!(#(let #variables = #private::EntryType::new();)*);
    (declared, quote!(#private::with_entries(#types, #future)))
}

/// Makes the statements that compare the phases of each two entries, as types. `is_compared` chooses the pairs.
pub(crate) fn types_in_order(
    private: &RuntimePath,
    recorded: &[(&Entry, Ident)],
    is_compared: impl Fn(&Entry, &Entry) -> bool,
) -> TokenStream {
    let indices = 0..recorded.len();
    let pairs =
        indices.clone().flat_map(|index| (index + 1..recorded.len()).map(move |later| (index, later)));
    let pairs = pairs.map(|(index, later)| (&recorded[index], &recorded[later]));
    let checks = pairs.filter(|((first, _), (second, _))| is_compared(first, second));
    let checks = checks.filter_map(|((first, variable), (second, later))| {
        let ((first, _), second) = (phase_at(private, first, variable)?, phase_at(private, second, later)?);
        let (second, at) = second;
        let private = private.at(at);
        let check = quote_spanned!(at=> #private::phase::StandsBefore::check);
        Some(quote!(#check(#first, #second);))
    });
    checks.collect()
}

/// Makes the phase of an entry as a value, and returns the span at which the entry begins. rustc's error underlines both entries.
fn phase_at(private: &RuntimePath, entry: &Entry, variable: &Ident) -> Option<(TokenStream, Span)> {
    let Entry::Interceptor { expr, .. } = entry else { return None };
    let (start, end) = ends_of(&expr.to_token_stream())?;
    let (private, entry) = (private.at(start), parentheses_at(end, quote!(&#variable)));
    Some((quote_spanned!(start=> #private::EntryType::phase #entry), start))
}
