//! Text in constants, which cannot have a `String`.

/// A text of at most `N` bytes. It counts what has no room, so that a second text can be long enough.
#[derive(Debug)]
pub struct DescriptorText<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> DescriptorText<N> {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) const fn push(self, text: &str) -> Self {
        self.push_bytes(text.as_bytes(), text.len())
    }

    pub(super) const fn append(self, text: &Self) -> Self {
        self.push_bytes(&text.bytes, text.len)
    }

    const fn push_bytes(mut self, bytes: &[u8], len: usize) -> Self {
        let mut i = 0;
        while i < len {
            if self.len < N {
                self.bytes[self.len] = bytes[i];
            }
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Returns the length of the text with all that had no room.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the expansion has no use for it")]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns the text.
    ///
    /// # Panics
    ///
    /// Panics if a part of the text had no room.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        assert!(self.len == N, "the text has the length of its first run");
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => text,
            Err(_) => panic!("a text of strings is UTF-8"),
        }
    }
}

/// Compares two strings, as `==` cannot in a constant.
pub(super) const fn is_equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}
