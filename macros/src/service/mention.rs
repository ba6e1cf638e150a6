//! Reads what an entry of a list mentions, from its tokens.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

use crate::args::Entry;
use crate::names::has_ident;

impl Entry {
    /// Returns true if its expression may have variables of its own.
    pub(super) fn binds_variables(&self) -> bool {
        let Self::Interceptor { expr, .. } = self else { return false };
        let tokens = expr.to_token_stream();
        ["let", "match", "for"].iter().any(|keyword| has_ident(tokens.clone(), keyword))
    }

    /// Returns true if it is `name(...)` and binds nothing.
    pub(super) fn is_unnamed_call_of(&self, name: &Ident) -> bool {
        let Self::Interceptor { name: None, expr: Expr::Call(call) } = self else { return false };
        let Expr::Path(function) = &*call.func else { return false };
        function.path.segments.last().is_some_and(|last| last.ident == *name)
    }

    /// Returns the place where the entry uses `name` as a value.
    pub(super) fn mention_of(&self, name: &Ident) -> Option<Ident> {
        match self {
            Self::Interceptor { expr, .. } => {
                let tokens = expr.to_token_stream();
                // A closure may have a parameter of that name.
                if tokens.to_string().contains('|') { None } else { mention(tokens, name) }
            }
            Self::Require { .. } => None,
        }
    }
}

/// The first use of `name` that is not a field, a method, a function, a macro or part of a path.
fn mention(tokens: TokenStream, name: &Ident) -> Option<Ident> {
    let mut tokens = tokens.into_iter().peekable();
    let mut after_path = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                if let Some(found) = mention(group.stream(), name) {
                    return Some(found);
                }
            }
            TokenTree::Ident(ident) if ident == *name && !after_path => {
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
                after_path = matches!(punct.as_char(), '.' | ':');
                continue;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        after_path = false;
    }
    None
}
