//! An annotated impl consumes the attributes of its methods. rustc would then take the imports of those attributes for
//! unused, and would not miss them if they were absent. So the expansion puts each consumed attribute on a placeholder
//! item, which the attribute expands to unchanged.

use proc_macro2::TokenStream;
use quote::quote;

/// Makes the item.
pub(crate) fn placeholder() -> TokenStream {
    quote!(
        const _: () = ();
    )
}

/// Returns true if the item is a placeholder.
pub(crate) fn is_placeholder(item: &TokenStream) -> bool {
    let without_spaces = |tokens: &TokenStream| tokens.to_string().replace(' ', "");
    without_spaces(item) == without_spaces(&placeholder())
}
