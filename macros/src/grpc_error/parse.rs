//! What `#[status(...)]` says: on a variant or a struct, on an enum, on a field.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Path, Token};

use super::details::{Detail, Kind};
use super::text::Text;
use crate::args::{comma_separated, once, unknown};
use crate::codes::Code;

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
        let key = input.fork().call(Ident::parse_any).map_err(|error| {
            syn::Error::new(error.span(), "expected a code such as `InvalidArgument`, or `transparent`")
        })?;
        let is_key = input.peek2(Token![=]) || input.peek2(syn::token::Paren) || Kind::named(&key).is_some();
        if key == "transparent" || key == "expose" || is_key {
            input.call(Ident::parse_any)?;
            return self.keyed(key, input);
        }
        let path: Path = input.parse()?;
        let code = Code::new(path.clone())?;
        if self.code.replace(code).is_some() {
            return Err(syn::Error::new_spanned(path, "a code is given twice; keep one"));
        }
        Ok(())
    }

    fn keyed(&mut self, key: Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if let Some(kind) = Kind::named(&key) {
            let detail = Detail::parse(kind, key, input)?;
            return self.add(detail);
        }
        match key.to_string().as_str() {
            "transparent" => once(&key.clone(), &mut self.transparent, key),
            "expose" => once(&key.clone(), &mut self.expose, key),
            "prefix" => once(&key.clone(), &mut self.prefix, (key, after_equals(input)?)),
            "message" => once(&key.clone(), &mut self.message, (key, after_equals(input)?)),
            "reason" => once(&key.clone(), &mut self.reason, (key, after_equals(input)?)),
            _ => {
                let own = ["expose", "message", "prefix", "reason", "transparent"];
                let keys: Vec<_> = own.into_iter().chain(Kind::names()).collect();
                Err(unknown(&key, &keys))
            }
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

fn after_equals<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
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
                return once(&key.clone(), &mut this.detail, (key, kind));
            }
            match key.to_string().as_str() {
                "metadata" => {
                    let name = if input.peek(Token![=]) { Some(after_equals(input)?) } else { None };
                    once(&key.clone(), &mut this.metadata, (key, name))
                }
                "default" => once(&key.clone(), &mut this.default, key),
                _ => {
                    let keys: Vec<_> = ["metadata", "default"].into_iter().chain(Kind::names()).collect();
                    Err(unknown(&key, &keys))
                }
            }
        })?;
        Ok(this)
    }
}
