use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects the mistakes of one item, so that the user reads all of them at once.
#[derive(Default)]
#[must_use]
pub(crate) struct Errors {
    found: Option<syn::Error>,
    is_left_to_rustc: bool,
}

impl Errors {
    /// A mistake at `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(errors) => errors.combine(error),
            None => self.found = Some(error),
        }
    }

    /// A mistake that rustc explains better, once it sees the fallback.
    pub(crate) fn leave_to_rustc(&mut self) {
        self.is_left_to_rustc = true;
    }

    /// Takes over the mistakes of a part.
    pub(crate) fn append(&mut self, part: Self) {
        self.is_left_to_rustc |= part.is_left_to_rustc;
        if let Some(errors) = part.found {
            self.push(errors);
        }
    }

    /// The value, or its mistake collected.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none() && !self.is_left_to_rustc
    }

    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.found.map(|error| error.to_compile_error()).unwrap_or_default()
    }
}
