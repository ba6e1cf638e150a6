//! What is kept of an error beside its text: the error itself where it can be, else the texts of its
//! sources. Which of the two is for the compiler to say, by how many `&` it needs to find a
//! method. (Which has a name that no other trait in scope has.)

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// An error, for the log and for interceptors.
#[derive(Clone, Debug)]
pub enum Kept {
    Error(Arc<dyn Error + Send + Sync>),
    /// `": "` and the text of each of its sources.
    Sources(String),
    Nothing,
}

impl Kept {
    pub(super) fn sources_of(error: &(dyn Error + '_)) -> Self {
        let sources = Sources(error.source()).to_string();
        if sources.is_empty() { Self::Nothing } else { Self::Sources(sources) }
    }
}

/// Prints what stands behind the text of the error.
impl fmt::Display for Kept {
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

/// An error to be kept. The expansion calls `(&&&Keep::new(error)).vestibule_keep()`, or with one `&` less if the
/// error might not be `'static`.
#[derive(Debug)]
pub struct Keep<E>(RefCell<Option<E>>);

impl<E> Keep<E> {
    /// Keeps this one.
    #[inline]
    pub fn new(error: E) -> Self {
        Self(RefCell::new(Some(error)))
    }

    fn take(&self) -> E {
        self.0.borrow_mut().take().expect("it is kept once")
    }
}

/// The error itself.
pub trait KeepError {
    /// Takes the error.
    fn vestibule_keep(&self) -> Kept;
}

impl<E: Error + Send + Sync + 'static> KeepError for &&Keep<E> {
    fn vestibule_keep(&self) -> Kept {
        Kept::Error(Arc::new(self.take()))
    }
}

/// The texts of its sources.
pub trait KeepSources {
    /// Takes the error.
    fn vestibule_keep(&self) -> Kept;
}

impl<E: Error> KeepSources for &Keep<E> {
    fn vestibule_keep(&self) -> Kept {
        Kept::sources_of(&self.take())
    }
}

/// Nothing: it is no `Error`.
pub trait KeepNothing {
    /// Takes the error.
    fn vestibule_keep(&self) -> Kept;
}

impl<E> KeepNothing for Keep<E> {
    fn vestibule_keep(&self) -> Kept {
        Kept::Nothing
    }
}
