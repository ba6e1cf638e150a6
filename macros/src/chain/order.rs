//! The constants that check the order of a list, by the phases of its entries.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::args::entry::Entry;
use crate::common::runtime_path::RuntimePath;
use crate::common::types::to_source;

/// A list whose order is checked: its interceptors in the order in which they run, each with the constant of its phases.
pub(crate) struct CheckedList<'a> {
    pub(crate) runtime: &'a RuntimePath,
    pub(crate) entries: Vec<(&'a Entry, TokenStream)>,
}

impl CheckedList<'_> {
    /// Makes the constant with the list, and these checks of it.
    pub(crate) fn constant(&self, checks: &TokenStream) -> TokenStream {
        let (private, list) = (self.runtime, list_name());
        let written = self.entries.iter().map(|(entry, phases)| {
            let source = source(entry);
            quote!((#source, #phases))
        });
        quote! {
            const _: () = {
                const #list: &[#private::Written] = &[#(#written),*];
                #checks
            };
        }
    }

    /// Makes the checks of all entries.
    pub(crate) fn checks(&self) -> TokenStream {
        (0..self.entries.len()).map(|index| self.check(index)).collect()
    }

    /// Makes the check of an entry against those that run behind it.
    pub(crate) fn check(&self, index: usize) -> TokenStream {
        let list = list_name();
        self.at_entry(index, "check_order", quote!(#list, #index))
    }

    /// Makes the check of a method's entry against those of the impl that run before it.
    pub(crate) fn check_behind(&self, index: usize, of_impl: &[usize]) -> TokenStream {
        let list = list_name();
        let remedy = match self.entries[index].0.name() {
            Some(name) => format!("write `each({name})` before that entry"),
            None => "move that entry to the methods".to_owned(),
        };
        let arguments = quote!(#list, &[#(#of_impl),*], #index, #remedy);
        self.at_entry(index, "check_behind", arguments)
    }

    /// Makes a call in a constant. rustc's error about it underlines the whole entry, because the call begins and ends with the
    /// spans of the entry's own tokens.
    fn at_entry(&self, index: usize, function: &str, arguments: TokenStream) -> TokenStream {
        let tokens = source_tokens(self.entries[index].0);
        let spans: Vec<_> = tokens.into_iter().map(|token| token.span()).collect();
        let [Some(start), Some(end)] = [spans.first(), spans.last()] else { return TokenStream::new() };
        let private = self.runtime.at(*start);
        let function = Ident::new(function, *start);
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(*end);
        quote_spanned!(*start=> const _: () = #private::#function #arguments;)
    }
}

fn list_name() -> Ident {
    format_ident!("__LIST")
}

/// Returns an entry as the list writes it.
fn source(entry: &Entry) -> String {
    let source = to_source(&source_tokens(entry));
    entry.name().map_or_else(|| source.clone(), |name| format!("{name} = {source}"))
}

fn source_tokens(entry: &Entry) -> TokenStream {
    match entry {
        Entry::Interceptor { expr, .. } => expr.to_token_stream(),
        Entry::Require { key, .. } => key.literal.to_token_stream(),
    }
}
