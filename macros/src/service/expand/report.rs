//! The table from which the runtime makes the report of the service.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{Expr, LitStr};

use super::codes::codes;
use super::names::{chain_name, info_name};
use super::recorded::place;
use crate::args::entry::Entry;
use crate::common::source::one_line;
use crate::service::model::method::Method;
use crate::service::model::param::Source;
use crate::service::model::service::Service;

/// Makes the constant of `Serve` with the table. `Serve` has a codec as its parameter, so the compiler evaluates the constant
/// only for a program that asks for the report.
pub(super) fn table(service: &Service) -> TokenStream {
    let private = &service.runtime;
    let demanded = service.each.iter().flat_map(|each| &each.names).map(|each| each.name.unraw().to_string());
    let entries = service.entries.iter().map(|entry| row(service, None, entry));
    let rpcs = service.methods.iter().filter(|method| method.rpc.is_some());
    let rpcs = rpcs.map(|method| rpc(service, method));
    quote! {
        const TABLE: #private::ServiceTable = #private::ServiceTable {
            descriptor: __0SERVICE,
            demanded: &[#(#demanded),*],
            entries: &[#(#entries),*],
            rpcs: &[#(#rpcs),*],
        };
    }
}

/// Makes the row of an rpc.
fn rpc(service: &Service, method: &Method) -> TokenStream {
    let (cfgs, info) = (method.cfgs(), info_name(service, method));
    let own = || method.entries.iter().chain(&method.guards);
    let all: Vec<_> = service.entries.iter().chain(own()).collect();
    let places = service.chain(method).filter_map(|entry| all.iter().position(|it| std::ptr::eq(*it, entry)));
    let rows = own().map(|entry| row(service, Some(method), entry));
    let skipped = method.skips.iter().map(|name| name.unraw().to_string());
    let metadata = method.params.iter().filter_map(|param| match &param.source {
        Source::Metadata(key) => Some((&param.cfgs, &key.literal)),
        Source::Call | Source::Bound(_) | Source::Extractor => None,
    });
    let metadata = metadata.map(|(cfgs, key)| quote!(#(#cfgs)* #key));
    let codes = codes(service, method);
    quote! {
        #(#cfgs)*
        (#info, &[#(#places),*], &[#(#rows),*], &[#(#skipped),*], &[#(#metadata),*], #codes)
    }
}

/// Makes the row of an entry. `method` is the one that writes it; there is none for an entry of the impl.
fn row(service: &Service, method: Option<&Method>, entry: &Entry) -> TokenStream {
    let private = &service.runtime;
    let name = entry.name().map_or_else(String::new, |name| name.unraw().to_string());
    let is_guard = method.is_some_and(|method| method.guards.iter().any(|guard| std::ptr::eq(guard, entry)));
    let (source, kind) = match entry {
        Entry::Interceptor { expr, .. } if is_guard => (source(expr), quote!(Message)),
        Entry::Interceptor { expr, .. } => (source(expr), quote!(Start)),
        Entry::Require { key, .. } => (key.literal.clone(), quote!(Key)),
    };
    let phases = match place(service, method, entry) {
        Some((method, index)) => {
            let chain = chain_name(service, method);
            quote!(#private::phases_of(Self::#chain, #index))
        }
        None => quote!(#private::Option::None),
    };
    quote!((#source, #name, #private::RowKind::#kind, #phases))
}

fn source(expr: &Expr) -> LitStr {
    LitStr::new(&one_line(expr), Span::call_site())
}
