//! Finds the names that the expression of an entry uses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

use crate::args::entry::Entry;
use crate::common::raw_names::is_same;
use crate::common::types::path_ends_in;
use crate::common::variable_use::variable_use;

/// Returns true if the entry is `name(...)` and binds nothing.
pub(crate) fn is_unnamed_call_of(entry: &Entry, name: &Ident) -> bool {
    let Entry::Interceptor { name: None, expr: Expr::Call(call) } = entry else { return false };
    matches!(&*call.func, Expr::Path(function) if path_ends_in(&function.path, &name.to_string()))
}

/// Returns the place where the entry uses `name` as a value.
pub(crate) fn use_of(entry: &Entry, name: &Ident) -> Option<Ident> {
    let Entry::Interceptor { expr, .. } = entry else { return None };
    variable_use(expr, name)
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
            TokenTree::Ident(ident) if is_after_mut && is_same(&ident, name) => return Some(ident),
            TokenTree::Ident(ident) => is_after_mut = ident == "mut",
            TokenTree::Punct(_) | TokenTree::Literal(_) => is_after_mut = false,
        }
    }
    None
}

/// Returns true if an entry may use the name. A macro may expand to it.
pub(super) fn may_use(entry: &Entry, name: &Ident) -> bool {
    match entry {
        Entry::Interceptor { expr, .. } => mentions(expr.to_token_stream(), name),
        Entry::Require { failure, .. } => {
            failure.message.as_ref().is_some_and(|text| mentions(text.to_token_stream(), name))
        }
    }
}

/// Returns true if an expression may refer to a name. A text may be a format that names it, and a macro may expand to it.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Ident(ident) => is_same(&ident, name),
        TokenTree::Punct(punct) => punct.as_char() == '!',
        TokenTree::Literal(_) => false,
    })
}
