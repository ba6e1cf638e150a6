use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, FnArg, Ident, Lit, LitStr, Meta, MetaNameValue, Result, Token};

use crate::errors::Errors;
use crate::suggest;

/// A metadata key, checked: what gRPC allows (`Header-Name` in its PROTOCOL-HTTP2) and nothing
/// that it keeps for itself.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) literal: LitStr,
}

impl Key {
    /// Takes `#[metadata("key")]` off a parameter.
    pub(crate) fn take_from(input: &mut FnArg, errors: &mut Errors) -> Option<Self> {
        let is_receiver = matches!(input, FnArg::Receiver(_));
        let attrs = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(param) => &mut param.attrs,
        };
        let mut key = None;
        attrs.retain(|attr| {
            if attr.path().is_ident("cfg") {
                errors.error(attr, "`#[cfg]` is not expected here; it belongs on the whole function");
                return false;
            }
            if !is_metadata(attr, errors) {
                return true;
            }
            let parsed = match &attr.meta {
                Meta::List(_) => attr.parse_args(),
                meta => Err(syn::Error::new_spanned(attr, no_key(meta))),
            };
            if key.is_some() {
                errors.error(attr, "`#[metadata]` is given twice; keep one");
            } else if is_receiver {
                errors.error(attr, "`self` is not metadata; remove `#[metadata]`");
            }
            key = Some(errors.ok(parsed).unwrap_or_else(Self::unknown));
            false
        });
        key
    }

    /// Stands in for a key that could not be read.
    fn unknown() -> Self {
        Self { literal: LitStr::new("unknown", Span::call_site()) }
    }

    /// Whether its values are bytes, which is what the name says.
    pub(crate) fn is_binary(&self) -> bool {
        self.literal.value().ends_with("-bin")
    }
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Ident::peek_any) {
            return Err(unquoted(input));
        }
        let literal: LitStr = input.parse()?;
        match mistake(&literal.value()) {
            None => Ok(Self { literal }),
            Some(message) => Err(syn::Error::new(literal.span(), message)),
        }
    }
}

/// Returns true for `#[metadata]`, and for what was meant to be that.
fn is_metadata(attr: &Attribute, errors: &mut Errors) -> bool {
    let Some(name) = attr.path().get_ident() else { return false };
    if name == "metadata" {
        return true;
    }
    let meant = suggest::nearest(&name.to_string(), &["metadata", "extract"]);
    if name != "extract" && meant == Some("metadata") {
        errors.error(name, format!("unknown attribute `{name}`; did you mean `metadata`?"));
        return true;
    }
    false
}

/// The message about `#[metadata]` and `#[metadata = "key"]`.
fn no_key(meta: &Meta) -> String {
    let key = match meta {
        Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(key), .. }), .. }) => {
            key.value()
        }
        _ => "key".to_owned(),
    };
    format!("no key is named; write `#[metadata({key:?})]`")
}

/// The mistake of a key that is written as a name, or as `name = "key"`.
fn unquoted(input: ParseStream<'_>) -> syn::Error {
    let mut tokens = TokenStream::new();
    let mut text = None;
    while !input.is_empty() && !input.peek(Token![,]) {
        text = text.or_else(|| input.fork().parse::<LitStr>().ok());
        tokens.extend(input.parse::<TokenTree>());
    }
    let key = match text {
        Some(text) => text.value(),
        None => tokens.to_string().replace(' ', "").to_ascii_lowercase(),
    };
    let key = if mistake(&key).is_none() { key } else { "x-tenant".to_owned() };
    syn::Error::new_spanned(tokens, format!("a metadata key is text and nothing else; write `{key:?}`"))
}

fn mistake(key: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    if key.is_empty() {
        Some("a metadata key can't be empty; write a name such as `x-tenant`".to_owned())
    } else if let Some(bad) = lower.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.')) {
        Some(format!("`{bad}` can't stand in a metadata key; use `a-z`, `0-9`, `_`, `-` and `.`"))
    } else if lower != key {
        Some(format!("metadata keys are lower case; write `{lower}`"))
    } else if key.starts_with("grpc-") {
        Some("metadata keys that start with `grpc-` belong to gRPC; use `call.metadata()` or `call.deadline()`".to_owned())
    } else {
        None
    }
}
