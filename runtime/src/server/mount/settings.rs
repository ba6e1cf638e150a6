use tonic::codec::CompressionEncoding;

/// The settings of a mount. They are those of tonic's generated servers.
#[derive(Clone, Debug, Default)]
pub struct MountSettings {
    /// The encodings that requests may have.
    pub accepted: Vec<CompressionEncoding>,
    /// The encodings that responses may have.
    pub sent: Vec<CompressionEncoding>,
    /// The size of the largest message that is decoded, in bytes.
    pub max_decoding_message_size: Option<usize>,
    /// The size of the largest message that is encoded, in bytes.
    pub max_encoding_message_size: Option<usize>,
}

/// Adds an encoding unless it is there already, because the list is sent to clients.
pub(super) fn enable(encodings: &mut Vec<CompressionEncoding>, encoding: CompressionEncoding) {
    if !encodings.contains(&encoding) {
        encodings.push(encoding);
    }
}
