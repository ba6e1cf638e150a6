use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use prost::Message;
use tonic::Status;
use tonic::codec::{BufferSettings, Codec};
use tonic_prost::{ProstDecoder, ProstEncoder};

use crate::Shape;
use crate::call::PREFIX;

/// Chooses the codec for the messages of an rpc, as tonic-build's `codec_path` does for generated code.
///
/// The default is [`Prost`]. Implement the trait for a type of your own, and name that type when you mount the
/// service: `Mount::<_, _, LargeBuffers>::with_codec(Arc::new(service))`.
///
/// ```
/// use tonic_prost::ProstCodec;
/// use vestibule::{CodecFor, Shape};
///
/// /// Uses tonic's own buffers: 8 KiB for each direction of each call.
/// struct LargeBuffers;
///
/// impl<Req, Res> CodecFor<Req, Res> for LargeBuffers
/// where
///     Req: prost::Message + Default + 'static,
///     Res: prost::Message + 'static,
/// {
///     type Codec = ProstCodec<Res, Req>;
///
///     fn codec(_shape: Shape) -> Self::Codec {
///         ProstCodec::default()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not encode the messages `{Req}` and `{Res}`",
    note = "if one of them is a stream or a `Request`, the method has an alias in place of it; write that type out",
    note = "implement `CodecFor<{Req}, {Res}>` for a type of your own, and name it, as in `Mount::<_, _, MyCodec>::with_codec(Arc::new(service))`"
)]
pub trait CodecFor<Req, Res>: 'static {
    /// tonic's codec for the two messages.
    type Codec: Codec<Encode = Res, Decode = Req> + Send;

    /// Creates the codec for one call of this shape. The example of the trait implements it.
    ///
    /// A mount calls this for the encoder when a call starts, and for the decoder when the chain asks for the
    /// message. If the call is rejected before that, the mount does not create a decoder.
    fn codec(shape: Shape) -> Self::Codec;

    /// Decodes a message without its prefix, or returns `None` if only the codec can decode it.
    ///
    /// It must do the same as the decoder of the codec.
    #[doc(hidden)]
    fn decode_message(_message: &[u8]) -> Option<Result<Req, Status>> {
        None
    }

    /// Encodes a message with its prefix, or returns `None` if only the codec can encode it, or if it is larger than
    /// `limit` bytes.
    ///
    /// It must do the same as the encoder of the codec.
    #[doc(hidden)]
    fn encode_message(_message: &Res, _limit: usize) -> Option<Bytes> {
        None
    }
}

/// Encodes messages with prost, as code that tonic-prost-build generates does.
///
/// The buffer of a stream has 8 KiB, as in tonic. The buffer of a single message begins with 512 bytes and grows
/// with the message, so that a call that waits for its message holds less memory.
///
/// ```
/// # use proto::probe::{Ping, Pong};
/// use vestibule::{CodecFor, Prost};
///
/// fn is_encoded<C: CodecFor<Ping, Pong>>() {}
/// is_encoded::<Prost>();
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Prost {}

#[diagnostic::do_not_recommend]
impl<Req: Message + Default + 'static, Res: Message + 'static> CodecFor<Req, Res> for Prost {
    type Codec = ProstCodec<Req, Res>;

    fn codec(shape: Shape) -> Self::Codec {
        ProstCodec { shape, messages: PhantomData }
    }

    fn decode_message(message: &[u8]) -> Option<Result<Req, Status>> {
        // tonic's `ProstDecoder` returns the same status.
        Some(Req::decode(message).map_err(|error| Status::internal(error.to_string())))
    }

    fn encode_message(message: &Res, limit: usize) -> Option<Bytes> {
        let len = message.encoded_len();
        let prefix = u32::try_from(len).ok().filter(|_| len <= limit)?;
        let mut frame = Vec::with_capacity(PREFIX + len);
        // The message is not compressed.
        frame.push(0);
        frame.extend(prefix.to_be_bytes());
        message.encode_raw(&mut frame);
        Some(frame.into())
    }
}

/// tonic's `ProstCodec`, with buffer sizes that depend on the shape of the call.
pub struct ProstCodec<Req, Res> {
    shape: Shape,
    messages: PhantomData<fn(Res) -> Req>,
}

impl<Req: Message + Default + 'static, Res: Message + 'static> Codec for ProstCodec<Req, Res> {
    type Encode = Res;
    type Decode = Req;
    type Encoder = ProstEncoder<Res>;
    type Decoder = ProstDecoder<Req>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(buffer(self.shape.is_server_streaming()))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstDecoder::new(buffer(self.shape.is_client_streaming()))
    }
}

fn buffer(is_streaming: bool) -> BufferSettings {
    if is_streaming {
        return BufferSettings::default();
    }
    // The yield threshold is tonic's default. A single message is sent at once whatever the threshold is.
    BufferSettings::new(512, 32 * 1024)
}

impl<Req, Res> fmt::Debug for ProstCodec<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProstCodec").field("shape", &self.shape).finish_non_exhaustive()
    }
}
