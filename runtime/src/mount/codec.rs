use prost::Message;
use tonic::codec::Codec;
use tonic_prost::ProstCodec;

/// How the messages of an rpc are encoded: what tonic-build's `codec_path` is for the generated code.
///
/// ```
/// use tonic_prost::ProstCodec;
/// use vestibule::CodecFor;
///
/// /// With buffers of another size than [`Prost`](vestibule::Prost), say.
/// struct Mine;
///
/// impl<Req, Res> CodecFor<Req, Res> for Mine
/// where
///     Req: prost::Message + Default + 'static,
///     Res: prost::Message + 'static,
/// {
///     type Codec = ProstCodec<Res, Req>;
///
///     fn codec() -> Self::Codec {
///         ProstCodec::default()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the messages `{Req}` and `{Res}` are not encoded by `{Self}`",
    note = "name the encoding of the service, as in `Mount::<_, _, MyCodec>::with_codec(service)`"
)]
pub trait CodecFor<Req, Res>: 'static {
    /// tonic's codec for the two messages.
    type Codec: Codec<Encode = Res, Decode = Req> + Send;

    /// A codec for one call.
    fn codec() -> Self::Codec;
}

/// Messages are encoded by prost, which is what tonic-prost-build generates.
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

impl<Req: Message + Default + 'static, Res: Message + 'static> CodecFor<Req, Res> for Prost {
    type Codec = ProstCodec<Res, Req>;

    fn codec() -> Self::Codec {
        ProstCodec::default()
    }
}
