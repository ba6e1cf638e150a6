//! Retains an error beside its text: the error itself where its type allows that, else the texts of its sources.
//!
//! The compiler decides which of the two, by the number of `&` that it needs to find a method. The method has a
//! name that no other trait in scope has.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// An error, for the log and for interceptors.
#[derive(Clone, Debug)]
pub enum Retained {
    Error(Arc<dyn Error + Send + Sync>),
    /// `": "` and the text of each of its sources.
    Sources(String),
    Nothing,
}

impl Retained {
    pub(super) fn sources_of(error: &(dyn Error + '_)) -> Self {
        let sources = Sources(error.source()).to_string();
        if sources.is_empty() { Self::Nothing } else { Self::Sources(sources) }
    }
}

/// Prints the texts of the sources, each after `": "`.
impl fmt::Display for Retained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => Sources(error.source()).fmt(f),
            Self::Sources(sources) => f.write_str(sources),
            Self::Nothing => Ok(()),
        }
    }
}

struct Sources<'a>(Option<&'a (dyn Error + 'static)>);

impl fmt::Display for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut source = self.0;
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// Holds an error that is to be retained. The expansion calls `(&&&Retain::new(error)).vestibule_retain()`, or with
/// one `&` less if the error might not be `'static`.
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

/// Retains the error itself.
pub trait RetainError {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E: Error + Send + Sync + 'static> RetainError for &&Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::Error(Arc::new(self.take()))
    }
}

/// Retains the texts of the error's sources.
pub trait RetainSources {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E: Error> RetainSources for &Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::sources_of(&self.take())
    }
}

/// Retains nothing, because the type does not implement `Error`.
pub trait RetainNothing {
    /// Consumes the error.
    fn vestibule_retain(&self) -> Retained;
}

impl<E> RetainNothing for Retain<E> {
    fn vestibule_retain(&self) -> Retained {
        Retained::Nothing
    }
}
