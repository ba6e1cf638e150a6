//! Interceptors that start in their level, and not before it.
//!
//! An ordinary interceptor starts, and then its level wraps the rest of the call. A named list has a chain of its own, and the
//! rest of the call stands inside of that chain, so that an entry which wraps sees the rejections of all later entries. So the
//! level of a list begins without a start. `Interceptor::enclose` runs the list's chain. The innermost part of that chain
//! provides the value of the list, and then runs the rest of the call.
//!
//! A function that provides a value in its middle works in the same way: see [`RestWith`](super::rest_with::RestWith).

use std::fmt;
use std::sync::OnceLock;

use tonic::Status;

use super::check_result::report_bug;
use super::list_slot::ListSlot;
use crate::Call;

/// The value of an interceptor in its level.
pub struct Begun<P>(Stage<P>);

enum Stage<P> {
    Started(P),
    /// The interceptor starts in its level. The box keeps the levels of all others small.
    Expected(Box<Expected<P>>),
}

struct Expected<P> {
    value: OnceLock<P>,
    hooks: ListSlot,
}

impl<P> Begun<P> {
    /// Creates it with the value of an interceptor that has started.
    #[inline]
    pub(super) fn started(value: P) -> Self {
        Self(Stage::Started(value))
    }

    /// Creates it for an interceptor that starts in its level.
    pub(super) fn expected(hooks: ListSlot) -> Self {
        Self(Stage::Expected(Box::new(Expected { value: OnceLock::new(), hooks })))
    }

    /// Returns the value. Only the rest of the call, and an interceptor that has started, may call it.
    #[inline]
    pub fn get(&self) -> &P {
        match &self.0 {
            Stage::Started(value) => value,
            Stage::Expected(expected) => expected.get(),
        }
    }

    /// Returns true if the interceptor starts in its level.
    #[inline]
    pub(super) fn is_expected(&self) -> bool {
        matches!(self.0, Stage::Expected(_))
    }
}

impl<P> Expected<P> {
    fn get(&self) -> &P {
        self.value.get().expect("an interceptor provides its value before the rest of the call runs")
    }
}

/// The value of an interceptor that starts in its level. The interceptor provides it before it runs the rest of the call.
pub trait Provided<P>: Send + Sync {
    /// Provides the value. A second value is ignored.
    fn provide(&self, value: P);

    /// Returns the place for the hooks of a list.
    fn hooks(&self) -> Option<&ListSlot>;
}

impl<P: Send + Sync> Provided<P> for Begun<P> {
    fn provide(&self, value: P) {
        if let Stage::Expected(expected) = &self.0 {
            let _ = expected.value.set(value);
        }
    }

    fn hooks(&self) -> Option<&ListSlot> {
        match &self.0 {
            Stage::Started(_) => None,
            Stage::Expected(expected) => Some(&expected.hooks),
        }
    }
}

/// The value of an interceptor in an `Option`.
pub(super) struct SomeProvided<'a, P>(pub(super) &'a dyn Provided<Option<P>>);

impl<P> Provided<P> for SomeProvided<'_, P> {
    fn provide(&self, value: P) {
        self.0.provide(Some(value));
    }

    fn hooks(&self) -> Option<&ListSlot> {
        self.0.hooks()
    }
}

/// Returns the status for the `start` of an interceptor that starts in its level. Only an interceptor that calls the `start`
/// of another one gets it.
pub fn start_outside_of_level(call: &Call) -> Status {
    report_bug(
        call.method(),
        "another interceptor called `start` of a named list or of an interceptor with `RestWith`, which only a list can start",
    )
}

impl<P> fmt::Debug for Begun<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}
