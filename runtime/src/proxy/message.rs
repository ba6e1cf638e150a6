/// A message whose type is not known, at the moment when its first bytes are there.
///
/// ```
/// use vestibule::proxy::EncodedMessage;
///
/// fn describe(message: &EncodedMessage) -> String {
///     format!("{} bytes, compressed: {}", message.len(), message.is_compressed())
/// }
/// ```
#[derive(Debug)]
pub struct EncodedMessage {
    len: usize,
    is_compressed: bool,
}

impl EncodedMessage {
    /// Reads the prefix of a [length-prefixed message].
    ///
    /// [length-prefixed message]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
    pub(crate) fn read(prefix: [u8; 5]) -> Self {
        let [compressed, len @ ..] = prefix;
        // A flag that is neither is left to who decodes the message.
        Self { len: u32::from_be_bytes(len) as usize, is_compressed: compressed == 1 }
    }

    /// Its size in bytes, as it is announced and sent: compressed, if it is, and without its prefix of five bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an empty message is one like others")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it is compressed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }
}
