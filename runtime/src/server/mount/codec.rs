use std::fmt;
use std::marker::PhantomData;

use prost::Message;
use tonic::codec::{BufferSettings, Codec};
use tonic_prost::{ProstDecoder, ProstEncoder};

use crate::Shape;

/// How the messages of an rpc are encoded: what tonic-build's `codec_path` is for the generated code. A mount is told
/// by `Mount::<_, _, Mine>::with_codec(Arc::new(service))`.
///
/// ```
/// use tonic_prost::ProstCodec;
/// use vestibule::{CodecFor, Shape};
///
/// /// With tonic's own buffers, say: 8 KiB for each side of each call.
/// struct Mine;
///
/// impl<Req, Res> CodecFor<Req, Res> for Mine
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
    message = "the messages `{Req}` and `{Res}` are not encoded by `{Self}`",
    note = "implement `CodecFor<{Req}, {Res}>` for a type of your own, and name it, as in `Mount::<_, _, MyCodec>::with_codec(Arc::new(service))`"
)]
pub trait CodecFor<Req, Res>: 'static {
    /// tonic's codec for the two messages.
    type Codec: Codec<Encode = Res, Decode = Req> + Send;

    /// A codec for one call of this shape. A mount asks for it when a call begins, for the encoder, and once more for the
    /// decoder when the chain asks for the message. If the call is refused, it does not ask again.
    fn codec(shape: Shape) -> Self::Codec;
}

/// Messages are encoded by prost, which is what tonic-prost-build generates.
///
/// A stream has tonic's buffer of 8 KiB. That of a single message begins with 512 bytes and grows with the message, so
/// that a call that waits for its message holds less memory, and one of small messages does not cost two large
/// allocations.
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
}

/// tonic's `ProstCodec`, with buffers by the shape of the call.
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

fn buffer(streams: bool) -> BufferSettings {
    if streams {
        return BufferSettings::default();
    }
    // tonic's threshold: of one message, all is sent at once.
    BufferSettings::new(512, 32 * 1024)
}

impl<Req, Res> fmt::Debug for ProstCodec<Req, Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProstCodec").field("shape", &self.shape).finish_non_exhaustive()
    }
}
