//! Interceptors that start in their level, and not before it.
//!
//! An ordinary interceptor starts, and then its level wraps the rest of the call. A named list has a chain of its own, and the
//! rest of the call stands inside of that chain, so that an entry which wraps sees the rejections of all later entries. So the
//! level of a list begins without a start. `Interceptor::vestibule_guard` runs the list's chain. The innermost part of that chain
//! provides the value of the list, and then runs the rest of the call.
//!
//! A function that provides a value in its middle works in the same way: see [`RestWith`](super::rest_with::RestWith).
//!
//! Only these two have a [`ProvidedLater`], so that the levels of all other interceptors do not become dearer.

use std::fmt;
use std::sync::OnceLock;

use tonic::Status;

use super::check_result::report_bug;
use super::list_slot::ListSlot;
use crate::Call;

/// The value of an interceptor that starts in its level. The interceptor provides it before it runs the rest of the call.
pub struct ProvidedLater<P> {
    /// It holds an `Option`, so that the interceptor may itself be in an `Option`.
    value: OnceLock<Option<P>>,
    hooks: ListSlot,
}

impl<P> ProvidedLater<P> {
    /// Creates it without a value.
    pub(super) fn new(hooks: ListSlot) -> Self {
        Self { value: OnceLock::new(), hooks }
    }

    /// Provides the value. A second value is ignored.
    pub fn provide(&self, value: P) {
        let _ = self.value.set(Some(value));
    }

    /// Returns the place for the hooks of a list.
    pub(super) fn hooks(&self) -> &ListSlot {
        &self.hooks
    }

    /// Returns the value as that of an interceptor in an `Option`. Only the rest of the call may call it.
    fn as_option(&self) -> &Option<P> {
        self.value.get().expect("an interceptor provides its value before the rest of the call runs")
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

/// A value that is provided later.
pub trait Later {
    /// The type of the value.
    type Value;

    /// Returns the value. Only the rest of the call may call it.
    fn value(&self) -> &Self::Value;
}

impl<P> Later for ProvidedLater<P> {
    type Value = P;

    fn value(&self) -> &P {
        self.as_option().as_ref().expect("`provide` stores a value, and never `None`")
    }
}

impl<P> Later for Option<ProvidedLater<P>> {
    type Value = Option<P>;

    fn value(&self) -> &Option<P> {
        self.as_ref().map_or(&None, ProvidedLater::as_option)
    }
}

/// A reference to what an entry provides, which distinguishes values that are provided later.
///
/// Method lookup finds the inherent method for them, and the method of [`AnyValue`] for all others.
pub struct Value<'a, P>(pub &'a P);

impl<'a, L: Later> Value<'a, L> {
    /// Returns the value of an interceptor that starts in its level.
    #[must_use]
    pub fn vestibule_value(self) -> &'a L::Value {
        self.0.value()
    }
}

/// The value of any other interceptor.
pub trait AnyValue<'a> {
    /// The type of the value.
    type Provided;

    /// Returns the value.
    fn vestibule_value(self) -> &'a Self::Provided;
}

impl<'a, P> AnyValue<'a> for Value<'a, P> {
    type Provided = P;

    #[inline(always)]
    fn vestibule_value(self) -> &'a P {
        self.0
    }
}

impl<P> fmt::Debug for ProvidedLater<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvidedLater").finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for Value<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").finish_non_exhaustive()
    }
}
