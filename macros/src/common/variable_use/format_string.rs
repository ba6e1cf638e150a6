//! Finds variables that a format string names, as in `format!("{request:?}")`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::LitStr;
use syn::ext::IdentExt;

/// Returns the variable at the place of the first text among the arguments of a macro that names it.
pub(crate) fn format_use(arguments: TokenStream, name: &Ident) -> Option<Ident> {
    let name_text = name.unraw().to_string();
    arguments.into_iter().find_map(|token| match token {
        TokenTree::Literal(literal) => {
            let text: LitStr = syn::parse2(TokenTree::Literal(literal.clone()).into()).ok()?;
            names(&text.value(), &name_text).then(|| {
                let mut at = name.clone();
                at.set_span(literal.span());
                at
            })
        }
        TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    })
}

/// Returns true if a format string has `{name}`, `{name:...}`, or the name as a width or precision.
fn names(format: &str, name: &str) -> bool {
    let format = format.replace("{{", "").replace("}}", "");
    let mut fields = format.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    fields.any(|(field, _)| {
        let (argument, spec) = field.split_once(':').unwrap_or((field, ""));
        let mut counts = spec.split('$').rev().skip(1);
        argument.trim() == name || counts.any(|count| ends_in_name(count, name))
    })
}

/// Returns true if the text before a `$` ends in the name.
fn ends_in_name(text: &str, name: &str) -> bool {
    text.strip_suffix(name).is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}
