//! Reads what follows a key of `#[status]`.

use proc_macro2::Ident;
use syn::Token;
use syn::parse::{Parse, ParseStream};

/// Checks that a key stands without a value.
pub(super) fn without_value(key: Ident, input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(key);
    }
    Err(syn::Error::new(key.span(), format!("`{key}` takes no value; write only `{key}`")))
}

/// Reads the value of a key.
pub(super) fn with_value<T: Parse>(key: Ident, input: ParseStream<'_>) -> syn::Result<(Ident, T)> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), format!("`{key}` needs a value; write `{key} = \"...\"`")));
    }
    input.parse::<Token![=]>()?;
    Ok((key, input.parse()?))
}
