//! The attributes that set the level of a lint.

use syn::{Attribute, Meta};

/// The words of these attributes.
const LEVELS: [&str; 5] = ["allow", "expect", "warn", "deny", "forbid"];

/// Returns the attributes that set the level of a lint, each as [`without_expectation`] returns it.
pub(crate) fn lints(attrs: &[Attribute]) -> impl Iterator<Item = Attribute> {
    let is_lint = |attr: &&Attribute| LEVELS.iter().any(|level| attr.path().is_ident(level));
    attrs.iter().filter(is_lint).cloned().map(without_expectation)
}

/// Returns `#[allow(...)]` for `#[expect(...)]`. The code of one item becomes several items, and an expectation would have to
/// be met in each of them.
pub(crate) fn without_expectation(mut attr: Attribute) -> Attribute {
    if let Meta::List(list) = &mut attr.meta
        && list.path.is_ident("expect")
    {
        let (tokens, at) = (&list.tokens, list.path.segments[0].ident.span());
        let allow = syn::Ident::new("allow", at);
        attr.meta = syn::parse_quote!(#allow(#tokens));
    }
    attr
}
