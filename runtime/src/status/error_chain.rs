use std::error::Error;

use tonic::Status;

use super::status_source::StatusSource;
use crate::code::code_name;

/// An error of any type, as tower calls it.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Iterates over `first` and its sources.
pub(super) fn with_sources<'a>(
    first: Option<&'a (dyn Error + 'static)>,
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(first, |&error| error.source())
}

/// Returns true if `error` or one of its sources is an `E`.
pub(crate) fn has_source<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    find_source::<E>(error).is_some()
}

/// Returns the first `E` among `error` and its sources.
pub(crate) fn find_source<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    with_sources(Some(error)).find_map(|error| error.downcast_ref())
}

/// Returns the texts of an error's sources, each after `": "`. `source` is the first of them.
pub(super) fn sources_text(source: Option<&(dyn Error + 'static)>, text: &str) -> String {
    texts_of(with_sources(source), text)
}

/// Returns the texts of `sources`, each after `": "`.
///
/// The first one is left out if it is `text`, the text of the error: many errors print their source and have it as a
/// source as well. The texts end at a status whose sources the log has already.
pub(super) fn texts_of<'a>(sources: impl Iterator<Item = &'a (dyn Error + 'static)>, text: &str) -> String {
    let mut texts = String::new();
    let mut last_message = text;
    for (at, source) in sources.enumerate() {
        if let Some(source) = source.downcast_ref::<StatusSource>() {
            let (text, sources) = source.unlogged_texts().unwrap_or_default();
            if !text.is_empty() && text != last_message {
                push(&mut texts, text);
            }
            texts.push_str(sources);
            return texts;
        }
        let source_text = match source.downcast_ref::<Status>() {
            Some(status) => {
                last_message = status.message();
                // tonic prints a status with its source, which has a text of its own here.
                format!("{}: {}", code_name(status.code()), status.message())
            }
            None => source.to_string(),
        };
        if at > 0 || source_text != text {
            push(&mut texts, &source_text);
        }
    }
    texts
}

fn push(texts: &mut String, text: &str) {
    texts.push_str(": ");
    texts.push_str(text);
}
