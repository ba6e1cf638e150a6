use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Result, Token};

/// A metadata key that gRPC allows (`Header-Name` in its PROTOCOL-HTTP2) and does not reserve for itself.
#[derive(Clone)]
pub(crate) struct MetadataKey {
    pub(crate) literal: LitStr,
}

impl MetadataKey {
    /// Makes a key that takes the place of one with a mistake.
    pub(crate) fn placeholder() -> Self {
        Self { literal: LitStr::new("unknown", Span::call_site()) }
    }

    /// Returns true if the values of this key are bytes. Such a key ends in `-bin`.
    pub(crate) fn is_binary(&self) -> bool {
        self.literal.value().ends_with("-bin")
    }
}

impl Parse for MetadataKey {
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

/// Makes the error about a key that is written as a name, or as `name = "key"`.
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
    syn::Error::new_spanned(tokens, format!("a metadata key is a string literal; write `{key:?}`"))
}

fn mistake(key: &str) -> Option<String> {
    let lower = key.to_ascii_lowercase();
    if key.is_empty() {
        Some("a metadata key can't be empty; write a name such as `x-tenant`".to_owned())
    } else if let Some(bad) = lower.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.')) {
        Some(format!("`{bad}` is not allowed in a metadata key; use `a-z`, `0-9`, `_`, `-` and `.`"))
    } else if lower != key {
        Some(format!("metadata keys are lower case; write `{lower}`"))
    } else if key.starts_with("grpc-") {
        Some("metadata keys that start with `grpc-` are reserved for gRPC; use `call.metadata()` or `call.deadline()`".to_owned())
    } else {
        None
    }
}
