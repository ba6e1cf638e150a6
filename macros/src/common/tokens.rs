//! Searches tokens that are not parsed, such as the body of a function.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

use super::raw_names::is_same;

/// Returns true if an identifier stands anywhere in `tokens`, raw or not.
pub(crate) fn has_ident(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident.unraw() == name,
        TokenTree::Group(group) => has_ident(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Returns true if a `?` stands anywhere in `tokens`.
pub(crate) fn has_question_mark(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => has_question_mark(group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}

/// Returns true if braces stand anywhere in `tokens`.
pub(crate) fn has_braces(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace || has_braces(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Returns the first `name` that is not a field, a method, a function, a macro or part of a path.
pub(crate) fn first_variable(tokens: TokenStream, name: &Ident) -> Option<Ident> {
    let mut tokens = tokens.into_iter().peekable();
    let mut is_after_path = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = first_variable(group.stream(), name) {
                    return Some(found);
                }
            }
            TokenTree::Ident(ident) if is_same(&ident, name) && !is_after_path => {
                let is_called = match tokens.peek() {
                    Some(TokenTree::Punct(next)) => matches!(next.as_char(), ':' | '!'),
                    Some(TokenTree::Group(next)) => next.delimiter() == Delimiter::Parenthesis,
                    _ => false,
                };
                if !is_called {
                    return Some(ident);
                }
            }
            TokenTree::Punct(punct) => {
                is_after_path = matches!(punct.as_char(), '.' | ':');
                continue;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        is_after_path = false;
    }
    None
}
