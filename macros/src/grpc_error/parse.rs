//! What `#[status(...)]` says: on a variant or a struct, on an enum, on a field.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::token::Paren;
use syn::{LitStr, Path, Token};

use super::details::{Detail, Kind};
use super::text::Text;
use crate::args::{comma_separated, once, unknown};
use crate::codes::{CODES, Code};
use crate::suggest;

/// On a variant, a struct or an enum.
#[derive(Clone, Default)]
pub(super) struct StatusArgs {
    pub(super) code: Option<Code>,
    pub(super) transparent: Option<Ident>,
    pub(super) prefix: Option<(Ident, Text)>,
    pub(super) message: Option<(Ident, Text)>,
    pub(super) reason: Option<(Ident, LitStr)>,
    pub(super) expose: Option<Ident>,
    pub(super) details: Vec<Detail>,
}

impl Parse for StatusArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut this = Self::default();
        comma_separated(input, |input| this.argument(input))?;
        Ok(this)
    }
}

impl StatusArgs {
    fn argument(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let key = input.fork().call(Ident::parse_any).map_err(|error| self.no_key(&error, input))?;
        if KEYS.iter().any(|known| key == known) || Kind::named(&key).is_some() {
            input.call(Ident::parse_any)?;
            return self.keyed(key, input);
        }
        if input.peek2(Token![=]) || input.peek2(Token![:]) && !input.peek2(Token![::]) || input.peek2(Paren)
        {
            return Err(unknown_key(&key));
        }
        let path: Path = input.parse()?;
        let code =
            Code::new(path.clone()).map_err(|error| match suggest::nearest(&key.to_string(), &KEYS) {
                Some(_) if path.get_ident().is_some() && suggest_code(&key).is_none() => unknown_key(&key),
                _ => error,
            })?;
        if self.code.replace(code).is_some() {
            return Err(syn::Error::new_spanned(path, "a code is given twice; keep one"));
        }
        Ok(())
    }

    /// Tells what was meant where an argument does not begin with a name. Most often it is a text.
    fn no_key(&self, error: &syn::Error, input: ParseStream<'_>) -> syn::Error {
        let Ok(text) = input.parse::<LitStr>() else {
            return syn::Error::new(error.span(), NO_CODE);
        };
        let value = text.value();
        let message = match (&self.transparent, &self.code) {
            _ if CODES.contains(&value.as_str()) => format!("a code is a name; write `{value}`"),
            (Some(_), _) => format!("a text needs its key; write `prefix = {value:?}`"),
            (None, Some(_)) => format!("a text needs its key; write `message = {value:?}`"),
            (None, None) => NO_CODE.to_owned(),
        };
        syn::Error::new(text.span(), message)
    }

    fn keyed(&mut self, key: Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if let Some(kind) = Kind::named(&key) {
            let detail = Detail::parse(kind, key, input)?;
            return self.add(detail);
        }
        match key.to_string().as_str() {
            "transparent" => once(&key.clone(), &mut self.transparent, alone(key, input)?),
            "expose" => once(&key.clone(), &mut self.expose, alone(key, input)?),
            "prefix" => once(&key.clone(), &mut self.prefix, with_value(key, input)?),
            "message" => once(&key.clone(), &mut self.message, with_value(key, input)?),
            _ => once(&key.clone(), &mut self.reason, with_value(key, input)?),
        }
    }

    fn add(&mut self, detail: Detail) -> syn::Result<()> {
        let same = self.details.iter().any(|other| other.kind == detail.kind);
        if same && !detail.kind.is_list() {
            let key = &detail.key;
            return Err(syn::Error::new(key.span(), format!("`{key}` is given twice; keep one")));
        }
        self.details.push(detail);
        Ok(())
    }
}

const NO_CODE: &str = "expected a code such as `InvalidArgument`, or `transparent`";

const KEYS: [&str; 5] = ["expose", "message", "prefix", "reason", "transparent"];

fn suggest_code(key: &Ident) -> Option<&'static str> {
    suggest::nearest(&key.to_string(), &CODES)
}

/// A key that is none, with what was probably meant.
fn unknown_key(key: &Ident) -> syn::Error {
    if key == "code" {
        let message = "write the code without `code =`, as in `#[status(NotFound)]`";
        return syn::Error::new(key.span(), message);
    }
    if CODES.iter().any(|code| key == code) {
        let message = format!("a message follows the code; write `{key}, message = \"...\"`");
        return syn::Error::new(key.span(), message);
    }
    let keys: Vec<_> = KEYS.into_iter().chain(Kind::names()).collect();
    unknown(key, &keys)
}

/// A key without a value.
fn alone(key: Ident, input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(key);
    }
    Err(syn::Error::new(key.span(), format!("`{key}` has no value; write it alone")))
}

/// A key and its value.
fn with_value<T: Parse>(key: Ident, input: ParseStream<'_>) -> syn::Result<(Ident, T)> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), format!("write `{key} = \"...\"`")));
    }
    input.parse::<Token![=]>()?;
    Ok((key, input.parse()?))
}

/// On a field.
#[derive(Default)]
pub(super) struct FieldArgs {
    /// With the key it travels under, if that is given.
    pub(super) metadata: Option<(Ident, Option<LitStr>)>,
    pub(super) default: Option<Ident>,
    pub(super) detail: Option<(Ident, &'static Kind)>,
}

impl Parse for FieldArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut this = Self::default();
        comma_separated(input, |input| {
            let key = input.call(Ident::parse_any)?;
            if let Some(kind) = Kind::named(&key) {
                let key = alone(key, input)?;
                if this.detail.is_some() {
                    return Err(syn::Error::new(key.span(), "a field is one detail; keep one"));
                }
                this.detail = Some((key, kind));
                return Ok(());
            }
            match key.to_string().as_str() {
                "metadata" if input.peek(Token![=]) => {
                    let (key, name) = with_value(key, input)?;
                    once(&key.clone(), &mut this.metadata, (key, Some(name)))
                }
                "metadata" if input.peek(Paren) => {
                    Err(syn::Error::new(key.span(), "write `metadata = \"key\"`, or `metadata` alone"))
                }
                "metadata" => once(&key.clone(), &mut this.metadata, (alone(key, input)?, None)),
                "default" => once(&key.clone(), &mut this.default, alone(key, input)?),
                _ if CODES.iter().any(|code| key == code) => {
                    let message = "a code is not expected here; it belongs on the variant";
                    Err(syn::Error::new(key.span(), message))
                }
                _ => {
                    let keys: Vec<_> = ["metadata", "default"].into_iter().chain(Kind::names()).collect();
                    Err(unknown(&key, &keys))
                }
            }
        })?;
        Ok(this)
    }
}
