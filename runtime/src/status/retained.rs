//! Retains an error beside its text: the error itself where its type allows that, else its texts.
//!
//! The compiler decides which of them, by the number of `&` that it needs to find a method. The method has a name that no
//! other trait in scope has.

use std::cell::RefCell;
use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;

use tonic::Status;

use super::error_chain::{find_source, sources_text};
use super::status_source::Retained;

impl Retained {
    pub(super) fn texts_of(error: &(dyn Error + '_)) -> Self {
        let (text, source) = (error.to_string(), error.source());
        let sources = sources_text(source, &text);
        let status = source.and_then(find_source::<Status>).cloned();
        Self::Texts { text, sources, status }
    }

    /// Retains the text of a type that is no `Error`.
    pub(super) fn text_of(error: &impl Display) -> Self {
        Self::Texts { text: error.to_string(), sources: String::new(), status: None }
    }

    /// Returns the text that the error prints.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Error(error) => Some(error.to_string()),
            Self::Texts { text, .. } => Some(text.clone()),
            Self::Nothing => None,
        }
    }

    pub(super) fn has_sources(&self) -> bool {
        match self {
            Self::Error(error) => error.source().is_some(),
            Self::Texts { sources, .. } => !sources.is_empty(),
            Self::Nothing => false,
        }
    }

    /// Returns the texts of the sources, each after `": "`. The first source is left out if its text is `text`.
    pub(super) fn sources(&self, text: &str) -> String {
        match self {
            Self::Error(error) => sources_text(error.source(), text),
            Self::Texts { sources, .. } => sources.clone(),
            Self::Nothing => String::new(),
        }
    }
}

/// Holds an error that is to be retained. The expansion calls `(&&&&Retain::new(error)).vestibule_retain()`, or with one
/// `&` less if the error might not be `'static`.
#[derive(Debug)]
pub struct Retain<E>(RefCell<Option<E>>);

impl<E> Retain<E> {
    /// Takes the error.
    #[inline]
    pub fn new(error: E) -> Self {
        Self(RefCell::new(Some(error)))
    }

    fn take(&self) -> E {
        self.0.borrow_mut().take().expect("it is taken once")
    }
}

/// A generic error that a status can hold.
///
/// Without this bound, method lookup would not see that it has sources.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `Error` that a status can hold",
    label = "this error has no status",
    note = "a `#[grpc_error]` with type parameters must be `std::error::Error + Send + Sync + 'static`: its sources are logged"
)]
pub trait GenericError: Error + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Error + Send + Sync + 'static> GenericError for E {}

/// Retains the error itself.
pub trait RetainError {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E: Error + Send + Sync + 'static> RetainError for &&&Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::Error(Arc::new(self.take()))
    }
}

/// Retains the texts of the error and of its sources.
pub trait RetainSources {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E: Error> RetainSources for &&Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::texts_of(&self.take())
    }
}

/// Retains the text of a type that does not implement `Error`, and so has no sources.
pub trait RetainText {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E: Display> RetainText for &Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::text_of(&self.take())
    }
}

/// Retains nothing, because the type prints no text.
pub trait RetainNothing {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E> RetainNothing for Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::Nothing
    }
}
