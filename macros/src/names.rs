//! Names: those that the expansion makes, and those that stand somewhere.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::Parser;

/// A local variable that the user's tokens can't see.
pub(crate) fn mixed(name: &str) -> Ident {
    local(name, Span::mixed_site())
}

/// The same at another place. If a constant of this name is in scope, a pattern means that constant, whatever the span:
/// so the name begins with two underscores, as no user's does.
pub(crate) fn local(name: &str, at: Span) -> Ident {
    Ident::new(&format!("__{name}"), at)
}

/// An identifier from a text that may be none: what can't stand in one is left out.
pub(crate) fn ident(text: &str, at: Span) -> Ident {
    let mut name: String = text.chars().filter(|c| *c == '_' || c.is_alphanumeric()).collect();
    let is_ident = |name: &str| Ident::parse_any.parse_str(name).is_ok();
    if !is_ident(&name) {
        // A digit can't come first, and not all letters are of those that Rust has in names.
        name = format!("_{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    }
    Ident::new(&name, at)
}

/// The first of `name`, `name2`, `name3`, ... that stands nowhere in `tokens`.
pub(crate) fn unused_name(name: &str, tokens: &TokenStream) -> Ident {
    let numbered = (2..).map(|number| format!("{name}{number}"));
    let unused =
        std::iter::once(name.to_owned()).chain(numbered).find(|name| !has_ident(tokens.clone(), name));
    let unused = unused.expect("there are more numbers than identifiers");
    Ident::new(&unused, Span::call_site())
}

/// `GetUrl` from `get_url`, and `_2fa` from `_2fa`.
pub(crate) fn upper_camel_case(name: &str) -> String {
    let camel: String = name
        .split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
        })
        .collect();
    let is_name = camel.starts_with(|first: char| !first.is_ascii_digit());
    if is_name { camel } else { format!("_{camel}") }
}

/// `HTTP_ERROR` from `HTTPError`.
pub(crate) fn screaming_snake_case(name: &str) -> String {
    let letters: Vec<_> = name.chars().collect();
    let mut words = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let is_first = letter.is_uppercase()
            && at > 0
            && letters[at - 1] != '_'
            && (!letters[at - 1].is_uppercase()
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if is_first {
            words.push('_');
        }
        words.extend(letter.to_uppercase());
    }
    words
}

/// Whether an identifier stands anywhere in `tokens`, raw or not.
pub(crate) fn has_ident(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident.unraw() == name,
        TokenTree::Group(group) => has_ident(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
