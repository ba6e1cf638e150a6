use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Result, Token, Type};

use super::entry::{Entry, Failure};
use super::keys::{comma_separated, name_and_equals, set_once, unknown_key};
use crate::common::codes::Code;
use crate::common::metadata_key::MetadataKey;
use crate::common::raw_names::plain;
use crate::common::runtime_path::RuntimePath;
use crate::common::suggest;

/// `#[require_metadata("a", name: Type = "b", code = NotFound, message = "...")]`.
#[derive(Default)]
pub(crate) struct RequireMetadata {
    pub(crate) runtime: Option<RuntimePath>,
    keys: Vec<(Option<(Ident, Type)>, MetadataKey)>,
    failure: Failure,
}

impl RequireMetadata {
    pub(crate) fn into_entries(self) -> impl Iterator<Item = Entry> {
        let failure = self.failure;
        self.keys.into_iter().map(move |(binding, key)| Entry::Require {
            binding,
            key,
            failure: failure.clone(),
        })
    }

    fn argument(&mut self, input: ParseStream<'_>) -> Result<()> {
        key_has_no_attributes(input)?;
        if input.peek(LitStr) || is_unquoted_key(input) {
            self.keys.push((None, input.parse()?));
        } else if input.peek(Token![crate]) {
            self.runtime = Some(RuntimePath::parse(input)?);
        } else if input.peek(Ident) && input.peek2(Token![:]) {
            let name = plain(input.parse()?);
            input.parse::<Token![:]>()?;
            let ty = input.parse()?;
            input.parse::<Token![=]>()?;
            self.keys.push((Some((name, ty)), input.parse()?));
        } else {
            let key = name_and_equals(input)?;
            match key.to_string().as_str() {
                "code" => set_once(&key, &mut self.failure.code, Code::new(input.parse()?)?)?,
                "message" => set_once(&key, &mut self.failure.message, input.parse()?)?,
                _ => return Err(untyped_or_unknown(&key, input)),
            }
        }
        Ok(())
    }
}

impl Parse for RequireMetadata {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        let first = input.cursor();
        comma_separated(input, |input| args.argument(input))?;
        if args.keys.is_empty() {
            let message = "the metadata key is missing; write `#[require_metadata(\"key\")]`";
            return Err(syn::Error::new(first.span(), message));
        }
        Ok(args)
    }
}

/// Reports an attribute of a key.
fn key_has_no_attributes(input: ParseStream<'_>) -> Result<()> {
    match input.fork().call(Attribute::parse_outer)?.first() {
        Some(attr) => {
            let message = "a key can't have attributes; write the method twice, each with its own `#[cfg]`";
            Err(syn::Error::new_spanned(attr, message))
        }
        None => Ok(()),
    }
}

/// Returns true for a word that stands alone: a metadata key without its quotes.
fn is_unquoted_key(input: ParseStream<'_>) -> bool {
    let is_option = |name: &Ident| name == "code" || name == "message";
    !input.peek2(Token![:])
        && !input.peek2(Token![=])
        && input.fork().parse::<Ident>().is_ok_and(|name| !is_option(&name))
}

/// Makes the error about `tenant = "x-tenant"`, which lacks a type, or about an unknown key.
fn untyped_or_unknown(name: &Ident, input: ParseStream<'_>) -> syn::Error {
    let legal = ["code", "message", "crate"];
    match input.parse::<LitStr>() {
        Ok(key) if suggest::nearest(&name.to_string(), &legal).is_none() => {
            let ty = if key.value().ends_with("-bin") { "Vec<u8>" } else { "&str" };
            let message = format!("`{name}` needs a type; write `{name}: {ty} = {:?}`", key.value());
            syn::Error::new(name.span(), message)
        }
        _ => unknown_key(name, &legal),
    }
}
