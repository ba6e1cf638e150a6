//! Panics of the libraries below, as errors.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::error::Error;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    /// True after a panic of this crate.
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// Calls a function of a library that panics for some descriptors, and turns its panic into an error.
///
/// prost-reflect, prost-build and tonic-prost-build assume that protoc or protox has made a descriptor, and assert it.
/// A descriptor set from elsewhere can be anything. There is no complete check of one that would not be a second
/// implementation of these libraries, so a panic is caught.
///
/// A panic of this crate is a bug of its own, whatever the set is, and stays a panic. So the tests see it.
pub(crate) fn guarded<T>(action: &str, function: impl FnOnce() -> T) -> Result<T, Error> {
    silence_guarded_panics();
    let was_guarded = IS_GUARDED.replace(true);
    IS_OWN.set(false);
    // What the function has changed is dropped or never read again: the build script ends with the error.
    let result = panic::catch_unwind(AssertUnwindSafe(function));
    IS_GUARDED.set(was_guarded);
    result.map_err(|payload| {
        if IS_OWN.get() {
            panic::resume_unwind(payload);
        }
        let reason = text_of(&*payload);
        Error::new(&format!(
            "{action} failed, because the descriptor set is none that protoc makes: {reason}"
        ))
    })
}

/// Returns true if a panic comes from a file beside this one.
fn is_own(info: &PanicHookInfo<'_>) -> bool {
    let folder = file!().trim_end_matches("panics.rs");
    info.location().is_some_and(|location| location.file().starts_with(folder))
}

/// Keeps the panic hook from printing a panic that becomes an error. Other panics are printed as before.
fn silence_guarded_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            IS_OWN.set(is_own(info));
            if !IS_GUARDED.get() || IS_OWN.get() {
                previous(info);
            }
        }));
    });
}

fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it panicked without a text")
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::guarded;

    /// `bad_sets` has panics of libraries.
    #[test]
    fn a_panic_of_this_crate_stays_a_panic() {
        let result =
            catch_unwind(|| guarded("counting", || panic!("a bug")).map_err(|error| error.to_string()));
        assert!(result.is_err(), "{result:?}");
        assert!(guarded("counting", || 1).is_ok());
    }
}
