use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::token::Paren;
use syn::{Expr, ExprLit, Lit, LitStr, Token};

use super::detail_kind::Kind;
use super::text::Text;
use crate::args::keys::{comma_separated, key_and_equals, set_once, unknown_key};
use crate::common::expressions::ungrouped;

/// One detail as it was written. A detail that is a list may be written several times, once for each item.
#[derive(Clone)]
pub(crate) struct Detail {
    pub(crate) kind: &'static Kind,
    pub(crate) key: Ident,
    pub(crate) value: DetailValue,
}

#[derive(Clone)]
pub(crate) enum DetailValue {
    /// `(field = "...", description = "...")`, in the order of the kind. A field that was left out is None.
    Texts(Vec<Option<Text>>),
    /// `= "500ms"`, in milliseconds.
    Millis(u64),
    /// `= expression`.
    Expr(Expr),
}

impl Detail {
    /// Reads what follows the key.
    pub(crate) fn parse(kind: &'static Kind, key: Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        let malformed = || {
            Err(syn::Error::new(key.span(), format!("`{key}` has another form; write `{}`", kind.example())))
        };
        let value = if kind.texts.is_empty() {
            if !input.peek(Token![=]) {
                return malformed();
            }
            input.parse::<Token![=]>()?;
            Self::parse_delay(ungrouped(input.parse()?))?
        } else {
            if !input.peek(Paren) {
                return malformed();
            }
            let content;
            syn::parenthesized!(content in input);
            if content.fork().call(key_and_equals).is_err() && !content.is_empty() {
                return malformed();
            }
            Self::parse_texts(kind, &key, &content)?
        };
        Ok(Self { kind, key, value })
    }

    fn parse_texts(kind: &'static Kind, key: &Ident, input: ParseStream<'_>) -> syn::Result<DetailValue> {
        let mut texts: Vec<Option<Text>> = vec![None; kind.texts.len()];
        comma_separated(input, |input| {
            let name = key_and_equals(input)?;
            match kind.texts.iter().position(|text| name == text) {
                Some(at) => set_once(&name, &mut texts[at], input.parse()?),
                None => Err(unknown_key(&name, kind.texts)),
            }
        })?;
        match texts[..kind.required].iter().position(Option::is_none) {
            None => Ok(DetailValue::Texts(texts)),
            Some(missing) => {
                let message = format!("`{key}` lacks `{}`; write `{0} = \"...\"`", kind.texts[missing]);
                Err(syn::Error::new(key.span(), message))
            }
        }
    }

    fn parse_delay(expr: Expr) -> syn::Result<DetailValue> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => millis(&literal).map(DetailValue::Millis),
            expr => Ok(DetailValue::Expr(expr)),
        }
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        let texts: &[_] = if let DetailValue::Texts(texts) = &self.value { texts } else { &[] };
        texts.iter().flatten()
    }

    /// Returns true for an expression, which may use any field.
    pub(crate) fn is_expr(&self) -> bool {
        matches!(self.value, DetailValue::Expr(_))
    }
}

/// Reads `500ms`, `5s`, `2m` or `1h`.
fn millis(literal: &LitStr) -> syn::Result<u64> {
    let text = literal.value();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let scale = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(scale)) {
        Some(millis) if scale > 0 => Ok(millis),
        _ => Err(syn::Error::new(
            literal.span(),
            "not a duration; write a number with `ms`, `s`, `m` or `h`, such as `\"500ms\"`",
        )),
    }
}
