//! The details of a status that an attribute can give: the messages of `google/rpc/error_details.proto`,
//! under the names that they and their fields have there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Expr, ExprLit, Lit, LitStr, Token};

use super::model::Field;
use super::text::{Text, ungrouped};
use crate::args::{comma_separated, key_and_equals, once, unknown};
use crate::runtime_path::RuntimePath;

/// A kind of detail.
#[derive(Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) key: &'static str,
    ty: &'static str,
    /// What it is a list of, if it is one.
    part: Option<&'static str>,
    /// The fields in the order of the constructor, and how many of them must be given.
    texts: &'static [&'static str],
    required: usize,
}

const fn list(
    key: &'static str,
    ty: &'static str,
    part: &'static str,
    texts: &'static [&'static str],
) -> Kind {
    Kind { key, ty, part: Some(part), texts, required: texts.len() }
}

const fn single(
    key: &'static str,
    ty: &'static str,
    texts: &'static [&'static str],
    required: usize,
) -> Kind {
    Kind { key, ty, part: None, texts, required }
}

static KINDS: [Kind; 8] = [
    list("bad_request", "BadRequest", "FieldViolation", &["field", "description"]),
    list("quota_failure", "QuotaFailure", "QuotaViolation", &["subject", "description"]),
    list(
        "precondition_failure",
        "PreconditionFailure",
        "PreconditionViolation",
        &["type", "subject", "description"],
    ),
    list("help", "Help", "HelpLink", &["description", "url"]),
    single("resource_info", "ResourceInfo", &["resource_type", "resource_name", "owner", "description"], 2),
    single("request_info", "RequestInfo", &["request_id", "serving_data"], 1),
    single("localized_message", "LocalizedMessage", &["locale", "message"], 2),
    single("retry_info", "RetryInfo", &[], 0),
];

impl Kind {
    pub(super) fn named(name: &Ident) -> Option<&'static Self> {
        KINDS.iter().find(|kind| name == kind.key)
    }

    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        KINDS.iter()
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        KINDS.iter().map(|kind| kind.key)
    }

    /// How it is written.
    fn example(&self) -> String {
        if self.texts.is_empty() {
            return format!("{} = \"500ms\"", self.key);
        }
        let texts: Vec<_> =
            self.texts[..self.required].iter().map(|text| format!("{text} = \"...\"")).collect();
        format!("{}({})", self.key, texts.join(", "))
    }

    /// Whether it may be given several times.
    pub(super) fn is_list(&self) -> bool {
        self.part.is_some()
    }

    /// Its type in the runtime.
    pub(super) fn path(&self, private: &RuntimePath, at: Span) -> TokenStream {
        let (private, ty) = (private.at(at), Ident::new(self.ty, at));
        // rustc would find the path to be longer than need be where the user has imported the type: this word is ours.
        let details = Ident::new("details", Span::call_site().located_at(at));
        quote_spanned!(at=> #private::#details::#ty)
    }
}

/// One detail, or one part of a detail, as it was written.
#[derive(Clone)]
pub(super) struct Detail {
    pub(super) kind: &'static Kind,
    pub(super) key: Ident,
    pub(super) value: Value,
}

#[derive(Clone)]
pub(super) enum Value {
    /// `(field = "...", description = "...")`, in the order of the kind; none where it was left out.
    Texts(Vec<Option<Text>>),
    /// `= "500ms"`, in milliseconds.
    Millis(u64),
    /// `= expression`.
    Expr(Expr),
}

impl Detail {
    /// What follows the key.
    pub(super) fn parse(kind: &'static Kind, key: Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        let misformed = || Err(syn::Error::new(key.span(), format!("write `{}`", kind.example())));
        let value = if kind.texts.is_empty() {
            if !input.peek(Token![=]) {
                return misformed();
            }
            input.parse::<Token![=]>()?;
            Self::delay(ungrouped(input.parse()?))?
        } else {
            if !input.peek(Paren) {
                return misformed();
            }
            let content;
            syn::parenthesized!(content in input);
            if content.fork().call(key_and_equals).is_err() && !content.is_empty() {
                return misformed();
            }
            Self::texts(kind, &key, &content)?
        };
        Ok(Self { kind, key, value })
    }

    fn texts(kind: &'static Kind, key: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
        let mut texts: Vec<Option<Text>> = vec![None; kind.texts.len()];
        comma_separated(input, |input| {
            let name = key_and_equals(input)?;
            match kind.texts.iter().position(|text| name == text) {
                Some(at) => once(&name, &mut texts[at], input.parse()?),
                None => Err(unknown(&name, kind.texts)),
            }
        })?;
        match texts[..kind.required].iter().position(Option::is_none) {
            None => Ok(Value::Texts(texts)),
            Some(missing) => {
                let message = format!("`{key}` lacks `{}`; write `{0} = \"...\"`", kind.texts[missing]);
                Err(syn::Error::new(key.span(), message))
            }
        }
    }

    fn delay(expr: Expr) -> syn::Result<Value> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => millis(&literal).map(Value::Millis),
            expr => Ok(Value::Expr(expr)),
        }
    }

    pub(super) fn all_texts(&self) -> impl Iterator<Item = &Text> {
        let texts: &[_] = if let Value::Texts(texts) = &self.value { texts } else { &[] };
        texts.iter().flatten()
    }

    /// Whether it is an expression that may use any field.
    pub(super) fn is_expr(&self) -> bool {
        matches!(self.value, Value::Expr(_))
    }
}

/// What makes the details of one kind from their parts: a call on the outgoing status.
pub(super) fn expand(private: &RuntimePath, details: &[&Detail], fields: &[Field]) -> TokenStream {
    let Some(first) = details.first() else { return TokenStream::new() };
    let kind = first.kind;
    let path = kind.path(private, Span::call_site());
    match &first.value {
        Value::Millis(millis) => {
            quote!(.detail(#path::new(#private::Option::Some(#private::Duration::from_millis(#millis)))))
        }
        Value::Expr(expr) => {
            let path = kind.path(private, expr.span());
            let private = private.at(expr.span());
            let detail = quote_spanned!(expr.span()=> #private::DetailField::<#path>::to_detail(&(#expr)));
            quote!(.optional(#detail))
        }
        Value::Texts(_) => {
            let parts = details.iter().map(|detail| {
                let Value::Texts(texts) = &detail.value else { unreachable!("a kind has one form") };
                let texts = texts.iter().map(|text| match text {
                    Some(text) => text.expand(private, fields),
                    None => quote!(""),
                });
                quote!(#(#texts),*)
            });
            match kind.part {
                None => quote!(#(.detail(#path::new(#parts)))*),
                Some(part) => {
                    let part = format_ident!("{part}");
                    quote!(.detail(#path::new([#(#private::details::#part::new(#parts)),*])))
                }
            }
        }
    }
}

/// `500ms`, `5s`, `2m` or `1h`.
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
