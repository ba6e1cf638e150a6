//! Texts of errors in constants, which can have no `String`, and which can't format.

/// The bytes of a text that are kept.
const MOST_BYTES: usize = 2048;

/// A text that a constant puts together.
#[derive(Clone, Copy, Debug)]
pub struct ConstText {
    bytes: [u8; MOST_BYTES],
    len: usize,
}

impl ConstText {
    pub(crate) const EMPTY: Self = Self { bytes: [0; MOST_BYTES], len: 0 };

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a text. What has no room is left out.
    pub(crate) const fn push(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && self.len < MOST_BYTES {
            self.bytes[self.len] = bytes[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            // The last character had no room.
            Err(error) => match std::str::from_utf8(bytes.split_at(error.valid_up_to()).0) {
                Ok(text) => text,
                Err(_) => "",
            },
        }
    }
}

/// Reports a mistake, unless the text is empty.
///
/// # Panics
///
/// Panics with the text. In a constant, the panic is a compile error at the place that calls this function.
#[track_caller]
pub const fn report(text: &ConstText) {
    if !text.is_empty() {
        panic!("{}", text.as_str());
    }
}

/// Compares two strings, as `==` cannot in a constant.
pub(crate) const fn is_equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{ConstText, MOST_BYTES};

    #[test]
    fn a_text_that_is_too_long_is_cut_between_two_characters() {
        let long = "é".repeat(MOST_BYTES);
        assert_eq!(ConstText::EMPTY.push(&long).as_str().len(), MOST_BYTES);
        assert_eq!(ConstText::EMPTY.push("a").push(&long).as_str().len(), MOST_BYTES - 1);
    }
}
