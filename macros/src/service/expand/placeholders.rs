use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::service::model::service::Service;
use crate::syntax::placeholder::placeholder;

/// Makes a placeholder for each attribute that the impl has consumed.
pub(crate) fn placeholders(service: &Service) -> TokenStream {
    let consumed = service.consumed.iter().chain(service.methods.iter().flat_map(|method| &method.consumed));
    let mut seen = HashSet::new();
    let consumed = consumed.filter(|path| seen.insert(path.to_token_stream().to_string()));
    let placeholder = placeholder();
    quote!(#(#[#consumed] #placeholder)*)
}
