use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Result, Token};

use crate::common::raw_names::plain;

/// `#[skip(a, b)]` on a method.
pub(crate) struct Skip(pub(crate) Vec<Ident>);

impl Parse for Skip {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Err(syn::Error::new(
                input.span(),
                "the name of an entry is missing; write `#[skip(name)]`",
            ));
        }
        let names = Punctuated::<Ident, Token![,]>::parse_terminated(input)?;
        Ok(Self(names.into_iter().map(plain).collect()))
    }
}
