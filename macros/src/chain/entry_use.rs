//! Finds the names that the expression of an entry uses, from its tokens.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

use crate::args::entry::Entry;
use crate::common::tokens::has_ident;
use crate::common::types::path_ends_in;

/// Returns true if the expression may have variables of its own.
pub(crate) fn binds_variables(entry: &Entry) -> bool {
    let Entry::Interceptor { expr, .. } = entry else { return false };
    let tokens = expr.to_token_stream();
    ["let", "match", "for"].iter().any(|keyword| has_ident(tokens.clone(), keyword))
}

/// Returns true if the entry is `name(...)` and binds nothing.
pub(crate) fn is_unnamed_call_of(entry: &Entry, name: &Ident) -> bool {
    let Entry::Interceptor { name: None, expr: Expr::Call(call) } = entry else { return false };
    matches!(&*call.func, Expr::Path(function) if path_ends_in(&function.path, &name.to_string()))
}

/// Returns the place where the entry uses `name` as a value.
pub(crate) fn use_of(entry: &Entry, name: &Ident) -> Option<Ident> {
    let Entry::Interceptor { expr, .. } = entry else { return None };
    let tokens = expr.to_token_stream();
    if is_closure_parameter(tokens.clone(), name) { None } else { first_use(tokens, name) }
}

/// Returns true if a closure in the expression has a parameter with this name.
fn is_closure_parameter(tokens: TokenStream, name: &Ident) -> bool {
    let mut tokens = tokens.into_iter();
    // A `|` behind a value is an operator, and any other one begins the parameters of a closure.
    let mut is_after_value = false;
    while let Some(token) = tokens.next() {
        is_after_value = match token {
            TokenTree::Group(group) if is_closure_parameter(group.stream(), name) => return true,
            TokenTree::Group(_) | TokenTree::Literal(_) => true,
            TokenTree::Ident(ident) => !["move", "return", "async"].iter().any(|keyword| ident == keyword),
            TokenTree::Punct(punct) if punct.as_char() == '|' && !is_after_value => {
                let mut parameters = tokens
                    .by_ref()
                    .take_while(|token| !matches!(token, TokenTree::Punct(end) if end.as_char() == '|'));
                if has_ident(parameters.by_ref().collect(), &name.to_string()) {
                    return true;
                }
                false
            }
            TokenTree::Punct(punct) => {
                // The second half of `||` belongs to the operator.
                if punct.as_char() == '|' && punct.spacing() == Spacing::Joint {
                    tokens.next();
                }
                punct.as_char() == '?'
            }
        };
    }
    false
}

/// Returns the name in a `&mut name` of the entry.
pub(crate) fn mutable_reference(entry: &Entry, name: &Ident) -> Option<Ident> {
    let Entry::Interceptor { expr, .. } = entry else { return None };
    behind_mut(expr.to_token_stream(), name)
}

fn behind_mut(tokens: TokenStream, name: &Ident) -> Option<Ident> {
    let mut is_after_mut = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = behind_mut(group.stream(), name) {
                    return Some(found);
                }
                is_after_mut = false;
            }
            TokenTree::Ident(ident) if is_after_mut && ident == *name => return Some(ident),
            TokenTree::Ident(ident) => is_after_mut = ident == "mut",
            TokenTree::Punct(_) | TokenTree::Literal(_) => is_after_mut = false,
        }
    }
    None
}

/// Returns the first `name` that is not a field, a method, a function, a macro or part of a path.
fn first_use(tokens: TokenStream, name: &Ident) -> Option<Ident> {
    let mut tokens = tokens.into_iter().peekable();
    let mut is_after_path = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = first_use(group.stream(), name) {
                    return Some(found);
                }
            }
            TokenTree::Ident(ident) if ident == *name && !is_after_path => {
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

/// Returns true if an expression may refer to a name. A text may be a format that names it, and a macro may expand to it.
pub(crate) fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Literal(_) => false,
    })
}
