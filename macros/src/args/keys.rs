//! Reads the `key = value` pairs of which arguments consist.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Result, Token};

use crate::common::raw_names::plain;
use crate::common::suggest;

/// Calls `parse_one` for each argument, and reads the commas between them.
pub(crate) fn comma_separated(
    input: ParseStream<'_>,
    mut parse_one: impl FnMut(ParseStream<'_>) -> Result<()>,
) -> Result<()> {
    while !input.is_empty() {
        parse_one(input)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// Reads a key, which may be a word that Rust reserves, and its equals sign.
pub(crate) fn key_and_equals(input: ParseStream<'_>) -> Result<Ident> {
    let key = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    Ok(key)
}

/// Reads a name that the user binds, and its equals sign.
pub(crate) fn name_and_equals(input: ParseStream<'_>) -> Result<Ident> {
    let name = plain(input.parse()?);
    input.parse::<Token![=]>()?;
    Ok(name)
}

/// Stores the value of a key that may be given once.
pub(crate) fn set_once<T>(key: &Ident, slot: &mut Option<T>, value: T) -> Result<()> {
    if slot.replace(value).is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given twice; keep one")));
    }
    Ok(())
}

/// Makes the error about a key that the attribute does not have.
pub(crate) fn unknown_key(key: &Ident, legal: &[&str]) -> syn::Error {
    let message = format!("unknown key `{key}`; {}", suggest::did_you_mean(&key.to_string(), legal));
    syn::Error::new(key.span(), message)
}
