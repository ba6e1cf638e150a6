use std::error::Error;

/// An error of any type, as tower calls it.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Returns true if `error` or one of its sources is an `E`.
pub(crate) fn has_source<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    find_source::<E>(error).is_some()
}

/// Returns the first `E` among `error` and its sources.
pub(crate) fn find_source<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
