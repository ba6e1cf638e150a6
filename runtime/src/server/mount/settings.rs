use tonic::codec::CompressionEncoding;

/// What is set on a mount, as on tonic's generated servers.
#[derive(Clone, Debug, Default)]
pub struct MountSettings {
    /// How requests may be compressed.
    pub accepted: Vec<CompressionEncoding>,
    /// How replies may be compressed.
    pub sent: Vec<CompressionEncoding>,
    /// The largest message that is decoded, in bytes.
    pub max_decoding_message_size: Option<usize>,
    /// The largest message that is encoded, in bytes.
    pub max_encoding_message_size: Option<usize>,
}

/// Adds it, once: clients are told of those that are accepted.
pub(super) fn enable(encodings: &mut Vec<CompressionEncoding>, encoding: CompressionEncoding) {
    if !encodings.contains(&encoding) {
        encodings.push(encoding);
    }
}
