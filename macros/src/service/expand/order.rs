//! The constants that check the order of each list, by the phases of its entries.
//!
//! The list of the impl is checked once. The entries of a method are checked with those of the impl, in the order in which they
//! run.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::names::chain_name;
use super::recorded::{is_interceptor, place};
use crate::args::entry::Entry;
use crate::common::types::to_source;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Makes the checks of a service that is not generic: a constant can't name the parameters of an impl.
pub(super) fn checks(service: &Service) -> TokenStream {
    if !service.generics.params.is_empty() {
        return TokenStream::new();
    }
    let of_impl: Vec<_> = service.entries.iter().filter(is_interceptor).collect();
    let indices = 0..of_impl.len();
    let impl_list = List { service, method: None, entries: of_impl };
    let impl_checks = impl_list.constant(&indices.map(|index| impl_list.check(index)).collect());
    let methods =
        service.methods.iter().filter(|method| method.entries.iter().any(|entry| is_interceptor(&entry)));
    let methods = methods.map(|method| {
        let entries: Vec<_> = service.levels(method).into_iter().filter(is_interceptor).collect();
        let list = List { service, method: Some(method), entries };
        let (own, of_impl): (Vec<_>, Vec<_>) = (0..list.entries.len()).partition(|index| list.is_own(*index));
        let checks = own.iter().map(|index| {
            let (check, check_behind) = (list.check(*index), list.check_behind(*index, &of_impl));
            quote!(#check #check_behind)
        });
        list.constant(&checks.collect())
    });
    quote!(#impl_checks #(#methods)*)
}

/// A list whose order is checked.
struct List<'a> {
    service: &'a Service,
    /// None for the list of the impl.
    method: Option<&'a Method>,
    entries: Vec<&'a Entry>,
}

impl List<'_> {
    /// Makes the constant with the checks.
    fn constant(&self, checks: &TokenStream) -> Option<TokenStream> {
        if self.entries.len() < 2 || self.method.is_some_and(|method| method.rpc.is_none()) {
            return None;
        }
        let private = &self.service.runtime;
        let cfgs = self.method.into_iter().flat_map(Method::cfgs);
        let list = list_name();
        let written = self.entries.iter().map(|entry| self.written(entry));
        Some(quote! {
            #(#cfgs)*
            const _: () = {
                const #list: &[#private::Written] = &[#(#written),*];
                #checks
            };
        })
    }

    /// Makes the source of an entry, and its phases.
    fn written(&self, entry: &Entry) -> TokenStream {
        let (private, self_ty, source) = (&self.service.runtime, &self.service.self_ty, source(entry));
        match place(self.service, self.method, entry) {
            Some((method, index)) => {
                let chain = chain_name(self.service, method);
                quote!((#source, #private::phases_of(<#self_ty>::#chain, #index)))
            }
            // No method that is always there has the entry.
            None => quote!((#source, #private::Option::None)),
        }
    }

    /// Makes the check of an entry against those that run behind it.
    fn check(&self, index: usize) -> TokenStream {
        let list = list_name();
        self.at_entry(index, "check_order", quote!(#list, #index))
    }

    /// Makes the check of a method's entry against those of the impl that run before it.
    fn check_behind(&self, index: usize, of_impl: &[usize]) -> TokenStream {
        let list = list_name();
        let remedy = match self.entries[index].name() {
            Some(name) => format!("write `each({name})` before that entry"),
            None => "move that entry to the methods".to_owned(),
        };
        let arguments = quote!(#list, &[#(#of_impl),*], #index, #remedy);
        self.at_entry(index, "check_behind", arguments)
    }

    /// Makes a call in a constant. rustc's error about it underlines the whole entry, because the call begins and ends with the
    /// spans of the entry's own tokens.
    fn at_entry(&self, index: usize, function: &str, arguments: TokenStream) -> TokenStream {
        let tokens = source_tokens(self.entries[index]);
        let spans: Vec<_> = tokens.into_iter().map(|token| token.span()).collect();
        let [Some(start), Some(end)] = [spans.first(), spans.last()] else { return TokenStream::new() };
        let private = self.service.runtime.at(*start);
        let function = Ident::new(function, *start);
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(*end);
        quote_spanned!(*start=> const _: () = #private::#function #arguments;)
    }

    fn is_own(&self, index: usize) -> bool {
        self.method
            .is_some_and(|method| method.entries.iter().any(|own| std::ptr::eq(own, self.entries[index])))
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
