//! Texts of limited length, so that no peer can make a line of the log long or add a line of its own.

use std::fmt::{self, Write};

/// The longest value of a field, of metadata and of a status, in bytes.
pub(crate) const MAX_VALUE: usize = 256;
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

/// Appends `key=value` to a text. The value is quoted if it contains anything but letters, digits and `._-:/@+`.
pub(super) fn append(fields: &mut String, key: &str, value: &str) {
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
    fn a_value_cannot_look_like_two_fields_or_two_lines() {
        let mut fields = String::new();
        for (key, value) in [("a", "1"), ("b", "x=y z"), ("c", "\"\n\u{1b}"), ("d", ""), ("e", "ada@b.c")] {
            append(&mut fields, key, value);
        }
        assert_eq!(fields, "a=1 b=\"x=y z\" c=\"\\\"\\n\\u{1b}\" d=\"\" e=ada@b.c");
    }
}
