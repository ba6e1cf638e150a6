//! Makes identifiers for the expansion that cannot collide with the user's.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::Parser;

use super::tokens::has_ident;

/// Makes the name of a local variable that the user's tokens cannot see.
pub(crate) fn local(name: &str) -> Ident {
    local_at(name, Span::mixed_site())
}

/// Makes the name of a local variable with the given span. A pattern that has the name of a constant in scope means that
/// constant, whatever the span. So the name begins with two underscores, which no user's name does.
pub(crate) fn local_at(name: &str, at: Span) -> Ident {
    Ident::new(&format!("__{name}"), at)
}

/// Makes an identifier of any text. It leaves out the characters that cannot stand in one.
pub(crate) fn sanitized_ident(text: &str, at: Span) -> Ident {
    let mut name: String = text.chars().filter(|c| *c == '_' || c.is_alphanumeric()).collect();
    let is_ident = |name: &str| Ident::parse_any.parse_str(name).is_ok();
    if !is_ident(&name) {
        // An identifier cannot begin with a digit, and Rust does not allow every letter in one.
        name = format!("_{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    }
    Ident::new(&name, at)
}

/// Returns the first of `name`, `name2`, `name3`, ... that `tokens` do not contain.
pub(crate) fn unused_name(name: &str, tokens: &TokenStream) -> Ident {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let unused =
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !has_ident(tokens.clone(), name));
    let unused = unused.expect("there are more numbers than identifiers");
    Ident::new(&unused, Span::call_site())
}
