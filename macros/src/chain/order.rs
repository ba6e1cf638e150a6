//! The constants that check the order of a list, by the phases of its entries.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use crate::args::entry::Entry;
use crate::common::quoting::{ends_of, parentheses_at, report_at};
use crate::common::runtime_path::RuntimePath;
use crate::common::source::one_line;

/// A list whose order is checked: its interceptors in the order in which they run, each with the constant of its phases.
pub(crate) struct CheckedList<'a> {
    pub(crate) runtime: &'a RuntimePath,
    pub(crate) entries: Vec<(&'a Entry, TokenStream)>,
}

impl CheckedList<'_> {
    /// Makes the constant with the list, and these checks of it.
    pub(crate) fn constant(&self, checks: &TokenStream) -> TokenStream {
        let (private, list) = (self.runtime, list_name());
        let written = self.written();
        quote! {
            const _: () = {
                const #list: &[#private::Written] = &[#(#written),*];
                #checks
            };
        }
    }

    /// Makes the list and its checks as statements, because an item in a generic function can't use the parameters.
    pub(crate) fn in_generic_function(&self) -> TokenStream {
        let (private, list) = (self.runtime, list_name());
        let written = self.written();
        let checks = (0..self.entries.len()).map(|index| {
            let tokens = source_tokens(self.entries[index].0);
            let (start, end) = ends_of(&tokens)?;
            let (at, text) =
                (private.at(start), parentheses_at(end, quote!(&#private::check_order(#list, #index))));
            Some(quote_spanned!(start=> #at::report #text;))
        });
        quote! {
            let #list: &[#private::Written] = &[#(#written),*];
            #(#checks)*
        }
    }

    fn written(&self) -> impl Iterator<Item = TokenStream> {
        self.entries.iter().map(|(entry, phases)| {
            let source = source(entry);
            quote!((#source, #phases))
        })
    }

    /// Makes the checks of all entries.
    pub(crate) fn checks(&self) -> TokenStream {
        (0..self.entries.len()).map(|index| self.check(index)).collect()
    }

    /// Makes the check of an entry against those that run behind it.
    pub(crate) fn check(&self, index: usize) -> TokenStream {
        let list = list_name();
        self.at_entry(index, "check_order", &quote!(#list, #index))
    }

    /// Makes the check of a method's entry against those of the impl that run before it.
    pub(crate) fn check_behind(&self, index: usize, of_impl: &[usize]) -> TokenStream {
        let list = list_name();
        let remedy = match self.entries[index].0.name() {
            Some(name) => format!("write `each({name})` before that entry"),
            None => "move that entry to the methods".to_owned(),
        };
        let arguments = quote!(#list, &[#(#of_impl),*], #index, #remedy);
        self.at_entry(index, "check_behind", &arguments)
    }

    fn at_entry(&self, index: usize, function: &str, arguments: &TokenStream) -> TokenStream {
        report_at(self.runtime, &source_tokens(self.entries[index].0), function, arguments)
    }
}

fn list_name() -> Ident {
    format_ident!("__LIST")
}

/// Returns an entry as the list writes it.
pub(super) fn source(entry: &Entry) -> String {
    let source = one_line(&source_tokens(entry));
    entry.name().map_or_else(|| source.clone(), |name| format!("{name} = {source}"))
}

fn source_tokens(entry: &Entry) -> TokenStream {
    match entry {
        Entry::Interceptor { expr, .. } => expr.to_token_stream(),
        Entry::Require { key, .. } => key.literal.to_token_stream(),
    }
}
