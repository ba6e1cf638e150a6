//! Guesses the return type that a function with a mistake in it was meant to have, so that its body is no second mistake.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{ReturnType, Signature};

use crate::item::Body;
use crate::names::has_ident;
use crate::runtime_path::RuntimePath;

/// Has rustc check a body as that of a function which returns a `Result`, if it looks like one, whatever the return type
/// says.
pub(crate) fn result(private: &RuntimePath, sig: &mut Signature, body: &mut Body) {
    let tokens = body.tokens.clone();
    let [has_ok, has_err] = ["Ok", "Err"].map(|name| has_ident(tokens.clone(), name));
    if !has_ok && !has_err && !has_question_mark(tokens.clone()) {
        return;
    }
    let ok = if has_err && !has_ok { quote!(()) } else { quote!(_) };
    sig.output = ReturnType::Default;
    body.tokens = quote! {
        let _ = async move {
            let _: #private::Result<#ok, #private::Status> = async move { #tokens }.await;
        };
    };
}

fn has_question_mark(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => has_question_mark(group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}
