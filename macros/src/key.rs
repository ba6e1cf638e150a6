use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Result};

/// A metadata key, checked: what gRPC allows (`Header-Name` in its PROTOCOL-HTTP2) and nothing
/// that it keeps for itself.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) literal: LitStr,
}

impl Key {
    /// Stands in for a key that could not be read.
    pub(crate) fn unknown() -> Self {
        Self { literal: LitStr::new("unknown", Span::call_site()) }
    }

    /// Whether its values are bytes, which is what the name says.
    pub(crate) fn is_binary(&self) -> bool {
        self.literal.value().ends_with("-bin")
    }
}

impl Parse for Key {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let literal: LitStr = input.parse()?;
        match mistake(&literal.value()) {
            None => Ok(Self { literal }),
            Some(message) => Err(syn::Error::new(literal.span(), message)),
        }
    }
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
