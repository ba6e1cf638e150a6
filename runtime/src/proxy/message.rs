use crate::method::MessageSize;

/// A message that is not decoded. Hooks see it when its first five bytes have arrived.
///
/// ```
/// use vestibule::proxy::EncodedMessage;
///
/// fn describe(message: &EncodedMessage) -> String {
///     format!("{} bytes, compressed: {}", message.len(), message.is_compressed())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedMessage {
    len: usize,
    is_compressed: bool,
}

impl EncodedMessage {
    /// Reads the prefix of a [length-prefixed message].
    ///
    /// [length-prefixed message]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
    #[inline]
    pub(crate) fn read(prefix: [u8; 5]) -> Self {
        let [compressed, len @ ..] = prefix;
        // A flag other than 0 and 1 is malformed. The decoder of the message rejects it.
        Self { len: u32::from_be_bytes(len) as usize, is_compressed: compressed == 1 }
    }

    /// Returns the size of the message in bytes, which its prefix announces. For a compressed message, it is the
    /// compressed size. It does not include the prefix of five bytes. The example of [`EncodedMessage`] calls it.
    #[must_use]
    #[inline]
    #[expect(clippy::len_without_is_empty, reason = "nothing is special about an empty message")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns true if the message is compressed. The example of [`EncodedMessage`] calls it.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.is_compressed
    }
}

impl MessageSize for EncodedMessage {
    #[inline]
    fn message_size(&self) -> usize {
        self.len
    }
}
