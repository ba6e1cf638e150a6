use std::error::Error;

use tonic::Status;

use super::code_name::code_name;

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

/// Returns the texts of an error's sources, each after `": "`. `source` is the first of them.
pub(super) fn sources_text(source: Option<&(dyn Error + 'static)>, text: &str) -> String {
    texts_of(std::iter::successors(source, |&error| error.source()), text)
}

/// Returns the texts of `sources`, each after `": "`.
///
/// The first one is left out if it is `text`, the text of the error: many errors print their source and have it as a
/// source as well.
pub(super) fn texts_of<'a>(sources: impl Iterator<Item = &'a (dyn Error + 'static)>, text: &str) -> String {
    let mut texts = String::new();
    for (at, source) in sources.enumerate() {
        let source = text_of(source);
        if at > 0 || source != text {
            texts.push_str(": ");
            texts.push_str(&source);
        }
    }
    texts
}

/// Returns the text of an error. tonic prints a status with its source, which has a text of its own here.
fn text_of(error: &(dyn Error + 'static)) -> String {
    match error.downcast_ref::<Status>() {
        Some(status) => format!("{}: {}", code_name(status.code()), status.message()),
        None => error.to_string(),
    }
}
