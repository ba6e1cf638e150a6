//! The entries of a list, whose types are known only inside of its chain. The type of the chain's future tells them: which of
//! them are named lists, and to which phases they belong.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::args::entry::Entry;
use crate::common::hygiene::local;
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
