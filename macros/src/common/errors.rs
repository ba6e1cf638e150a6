use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The number of mistakes of one item that are reported one by one.
const MAX_REPORTED: usize = 30;

/// Collects the mistakes of one item, so that the user reads all of them at once.
#[derive(Default)]
#[must_use]
pub(crate) struct Errors {
    found: Option<syn::Error>,
    is_left_to_rustc: bool,
}

impl Errors {
    /// Adds a mistake at `tokens`.
    pub(crate) fn error(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(errors) => errors.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Notes a mistake that rustc explains better. rustc finds it in the fallback.
    pub(crate) fn leave_to_rustc(&mut self) {
        self.is_left_to_rustc = true;
    }

    /// Adds the mistakes of a part.
    pub(crate) fn append(&mut self, part: Self) {
        self.is_left_to_rustc |= part.is_left_to_rustc;
        if let Some(errors) = part.found {
            self.push(errors);
        }
    }

    /// Returns the value, or adds its mistake.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns true if the item has no mistakes.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none() && !self.is_left_to_rustc
    }

    /// Makes the `compile_error!` calls for rustc to report. An item with very many mistakes reports only the first: they
    /// may be the cause of the others.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        let mut found: Vec<_> = self.found.into_iter().flatten().collect();
        let more = found.split_off(found.len().min(MAX_REPORTED));
        let rest = more.first().map(|first| {
            let mistakes = if more.len() == 1 { "mistake" } else { "mistakes" };
            let message = format!("and {} more {mistakes} in this item", more.len());
            syn::Error::new(first.span(), message)
        });
        found.iter().chain(&rest).map(syn::Error::to_compile_error).collect()
    }
}
