//! Names that are written with `r#`, which may be needed or not.

use proc_macro2::Ident;
use syn::ext::IdentExt;

/// Returns true if two identifiers are the same name: `r#caller` is `caller`.
pub(crate) fn is_same(name: &Ident, other: &Ident) -> bool {
    name.unraw() == other.unraw()
}

/// Returns the name without an `r#` that it does not need. A keyword keeps it.
pub(crate) fn plain(name: Ident) -> Ident {
    let text = name.unraw().to_string();
    if syn::parse_str::<Ident>(&text).is_err() {
        return name;
    }
    Ident::new(&text, name.span())
}
