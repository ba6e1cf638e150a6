//! Texts of the log, of limited length. A client may have written a part of them, such as a name that an error repeats.

use std::borrow::Cow;

/// The longest text of an error or of a panic in a line, in bytes. It is four times what a client receives of a status, so
/// that a line has most of what was left out there.
const MAX_TEXT: usize = 32 * 1024;
/// The longest path in a line, in bytes. In a layer, the client has chosen the path.
const MAX_PATH: usize = 256;

/// Returns a text as a line of the log may have it.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    cut_to(text, MAX_TEXT)
}

/// Returns a path as a line of the log may have it.
pub(crate) fn cut_path(path: &str) -> Cow<'_, str> {
    cut_to(path, MAX_PATH)
}

#[inline]
fn cut_to(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(format!("{}... [cut from {} bytes]", &text[..end], text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character() {
        assert_eq!(cut_to("abc", 3), "abc");
        assert_eq!(cut_to("abcd", 3), "abc... [cut from 4 bytes]");
        assert_eq!(cut_to("abéd", 3), "ab... [cut from 5 bytes]");
    }
}
