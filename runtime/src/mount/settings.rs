use tonic::codec::{Codec, CompressionEncoding};
use tonic::server::Grpc;

/// What is set on a mount, as on tonic's generated servers.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How requests may be compressed.
    pub accepted: Vec<CompressionEncoding>,
    /// How replies may be compressed.
    pub sent: Vec<CompressionEncoding>,
    /// The largest message that is decoded, in bytes.
    pub max_decoding_message_size: Option<usize>,
    /// The largest message that is encoded, in bytes.
    pub max_encoding_message_size: Option<usize>,
}

impl Settings {
    /// What reads and writes the messages of one call.
    pub(super) fn grpc<C: Codec>(&self, codec: C) -> Grpc<C> {
        let mut grpc = Grpc::new(codec)
            .apply_max_message_size_config(self.max_decoding_message_size, self.max_encoding_message_size);
        for &encoding in &self.accepted {
            grpc = grpc.accept_compressed(encoding);
        }
        for &encoding in &self.sent {
            grpc = grpc.send_compressed(encoding);
        }
        grpc
    }
}
