use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::token::Paren;
use syn::{LitStr, Token};

use super::detail_kind::Kind;
use super::keys::{with_value, without_value};
use crate::args::keys::{comma_separated, set_once, unknown_key};
use crate::common::codes::CODES;

/// `#[status(...)]` on a field.
#[derive(Clone, Default)]
pub(crate) struct FieldArgs {
    /// The word `metadata`, and the key of the metadata if it is given.
    pub(crate) metadata: Option<(Ident, Option<LitStr>)>,
    pub(crate) default: Option<Ident>,
    pub(crate) detail: Option<(Ident, &'static Kind)>,
}

impl Parse for FieldArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| args.argument(input))?;
        Ok(args)
    }
}

impl FieldArgs {
    fn argument(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let key = input.call(Ident::parse_any)?;
        if let Some(kind) = Kind::named(&key) {
            let key = without_value(key, input)?;
            if self.detail.is_some() {
                return Err(syn::Error::new(key.span(), "a field can be only one detail; keep one"));
            }
            self.detail = Some((key, kind));
            return Ok(());
        }
        match key.to_string().as_str() {
            "metadata" if input.peek(Token![=]) => {
                let (key, name) = with_value(key, input)?;
                set_once(&key.clone(), &mut self.metadata, (key, Some(name)))
            }
            "metadata" if input.peek(Paren) => Err(syn::Error::new(
                key.span(),
                "`metadata` takes no parentheses; write `metadata = \"key\"`, or only `metadata`",
            )),
            "metadata" => set_once(&key.clone(), &mut self.metadata, (without_value(key, input)?, None)),
            "default" => set_once(&key.clone(), &mut self.default, without_value(key, input)?),
            _ if CODES.iter().any(|code| key == code) => {
                let message = "a code is not expected here; it belongs on the variant";
                Err(syn::Error::new(key.span(), message))
            }
            _ => {
                let keys: Vec<_> = ["metadata", "default"].into_iter().chain(Kind::names()).collect();
                Err(unknown_key(&key, &keys))
            }
        }
    }
}
