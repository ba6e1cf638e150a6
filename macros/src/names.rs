//! Names that the expansion makes.

use proc_macro2::{Ident, Span};

/// A local variable that the user's tokens can't see.
pub(crate) fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// `GetUrl` from `get_url`.
pub(crate) fn upper_camel_case(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
        })
        .collect()
}
