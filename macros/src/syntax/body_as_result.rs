//! Keeps the body of a function from becoming a second mistake where the return type is the first.

use quote::quote;
use syn::{ReturnType, Signature};

use super::function::Body;
use crate::common::runtime_path::RuntimePath;
use crate::common::tokens::{has_ident, has_question_mark};

/// Has rustc check the body as that of a function which returns a `Result`, if the body looks like one. The return type is
/// dropped.
pub(crate) fn check_body_as_result(private: &RuntimePath, sig: &mut Signature, body: &mut Body) {
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
