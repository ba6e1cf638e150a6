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

/// The bytes of a name that is compared with others.
const MOST_OF_NAME: usize = 64;

/// Returns true if one name is most likely a misspelling of the other: at most a third of its letters differ.
pub(crate) const fn is_similar(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > MOST_OF_NAME || b.len() > MOST_OF_NAME {
        return false;
    }
    let shorter = if a.len() < b.len() { a.len() } else { b.len() };
    distance(a, b) <= shorter / 3
}

/// Returns the number of bytes to insert, remove or replace (Levenshtein). The names are short enough for one row of numbers.
const fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row = [0; MOST_OF_NAME + 1];
    let mut column = 0;
    while column <= b.len() {
        row[column] = column;
        column += 1;
    }
    let mut line = 0;
    while line < a.len() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        let mut column = 0;
        while column < b.len() {
            let replaced = diagonal + if a[line] == b[column] { 0 } else { 1 };
            diagonal = row[column + 1];
            row[column + 1] = least(replaced, least(diagonal, row[column]) + 1);
            column += 1;
        }
        line += 1;
    }
    row[b.len()]
}

const fn least(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::{ConstText, MOST_BYTES, distance, is_similar};

    #[test]
    fn the_distance_of_two_names_is_that_of_levenshtein() {
        let of = |a: &str, b: &str| distance(a.as_bytes(), b.as_bytes());
        assert_eq!([of("", ""), of("", "ab"), of("ab", "")], [0, 2, 2]);
        assert_eq!([of("kitten", "sitting"), of("watch", "wach"), of("flaw", "lawn")], [3, 1, 2]);
    }

    #[test]
    fn a_misspelt_name_is_similar_and_another_one_is_not() {
        assert!(is_similar("watch", "wach") && is_similar("lots_of_replies", "lot_of_reply"));
        assert!(!is_similar("watch", "say_hello") && !is_similar("get", "set_all"));
        assert!(!is_similar(&"a".repeat(65), &"a".repeat(65)));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_between_two_characters() {
        let long = "é".repeat(MOST_BYTES);
        assert_eq!(ConstText::EMPTY.push(&long).as_str().len(), MOST_BYTES);
        assert_eq!(ConstText::EMPTY.push("a").push(&long).as_str().len(), MOST_BYTES - 1);
    }
}
