//! Texts of limited length, so that no peer can make a line of the log long or add a line of its own.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// The longest value of a field, of metadata and of a status, in bytes.
pub(crate) const MAX_VALUE: usize = 256;
/// The largest number of fields that a line has beside its own.
pub(crate) const MAX_FIELDS: usize = 32;
const CUT: &str = "…";

/// A text that stops at a limit.
#[derive(Debug)]
struct Limited {
    text: String,
    limit: usize,
}

impl Write for Limited {
    /// Fails at the limit, so that a large value is not formatted to its end.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = self.limit.saturating_sub(self.text.len());
        if text.len() <= free {
            self.text.push_str(text);
            return Ok(());
        }
        let end = (0..=free).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.text.push_str(&text[..end]);
        self.text.push_str(CUT);
        Err(fmt::Error)
    }
}

/// Formats a value up to `limit` bytes.
pub(crate) fn cut(value: fmt::Arguments<'_>, limit: usize) -> String {
    let mut limited = Limited { text: String::new(), limit };
    // The only error is that of the limit. A value whose `Display` fails is as short as it was until then.
    let _ = limited.write_fmt(value);
    limited.text
}

/// Returns the path of a method up to the limit of a value. In a layer, the peer has chosen it.
pub(crate) fn cut_path(path: &str) -> Cow<'_, str> {
    if path.len() <= MAX_VALUE { path.into() } else { cut(format_args!("{path}"), MAX_VALUE).into() }
}

/// The fields of a line that are no fields of its own: `key=value`, separated by spaces.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    text: String,
    count: usize,
}

impl Fields {
    /// Adds a field. The first one above the limit is an ellipsis, and the others are left out.
    pub(crate) fn add(&mut self, key: &str, value: &str) {
        self.count += 1;
        if self.count <= MAX_FIELDS {
            append(&mut self.text, key, value);
        } else if self.count == MAX_FIELDS + 1 {
            self.text.push(' ');
            self.text.push_str(CUT);
        }
    }

    /// Returns the text, or `None` if there is no field.
    pub(crate) fn into_text(self) -> Option<String> {
        (self.count > 0).then_some(self.text)
    }
}

/// Appends `key=value` to a text. The value is quoted if it contains anything but letters, digits and `._-:/@+`.
fn append(fields: &mut String, key: &str, value: &str) {
    if !fields.is_empty() {
        fields.push(' ');
    }
    let is_plain = |c: char| c.is_alphanumeric() || "._-:/@+".contains(c);
    // Writing to a text cannot fail.
    let _ = if !value.is_empty() && value.chars().all(is_plain) {
        write!(fields, "{key}={value}")
    } else {
        write!(fields, "{key}={value:?}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character() {
        assert_eq!(cut(format_args!("{}", "abc"), 3), "abc");
        assert_eq!(cut(format_args!("{}", "abcd"), 3), "abc…");
        assert_eq!(cut(format_args!("{}{}", "aé", "é"), 4), "aé…");
        assert_eq!(cut(format_args!("{}", "x"), 0), "…");
    }

    #[test]
    fn a_line_has_a_limited_number_of_fields() {
        let mut fields = Fields::default();
        for _ in 0..2 * MAX_FIELDS {
            fields.add("a", "1");
        }
        assert_eq!(fields.into_text().unwrap(), "a=1 ".repeat(MAX_FIELDS) + "…");
        assert_eq!(Fields::default().into_text(), None);
    }

    #[test]
    fn a_path_has_a_limited_length() {
        assert_eq!(cut_path("/a.B/C"), "/a.B/C");
        assert_eq!(cut_path(&"x".repeat(MAX_VALUE + 1)), "x".repeat(MAX_VALUE) + "…");
    }

    #[test]
    fn a_value_cannot_look_like_two_fields_or_two_lines() {
        let mut fields = String::new();
        for (key, value) in [("a", "1"), ("b", "x=y z"), ("c", "\"\n\u{1b}"), ("d", ""), ("e", "ada@b.c")] {
            append(&mut fields, key, value);
        }
        assert_eq!(fields, "a=1 b=\"x=y z\" c=\"\\\"\\n\\u{1b}\" d=\"\" e=ada@b.c");
    }
}
