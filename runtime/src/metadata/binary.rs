use bytes::Bytes;
use tonic::metadata::{Binary, MetadataValue};

use super::{FromMetadata, InvalidValue};

impl FromMetadata<'_, Binary> for Bytes {
    fn from_metadata(value: Bytes) -> Result<Self, InvalidValue> {
        Ok(value)
    }
}

impl FromMetadata<'_, Binary> for Vec<u8> {
    fn from_metadata(value: Bytes) -> Result<Self, InvalidValue> {
        Ok(value.into())
    }
}

impl FromMetadata<'_, Binary> for MetadataValue<Binary> {
    fn from_metadata(value: Bytes) -> Result<Self, InvalidValue> {
        Ok(MetadataValue::from_bytes(&value))
    }
}

/// Decodes a protobuf message from the value of a `-bin` key.
///
/// The only field of this type is the message.
///
/// ```
/// use vestibule::metadata::Protobuf;
/// use vestibule::{Status, interceptor};
/// # #[derive(Clone, PartialEq, prost::Message)]
/// # struct TraceContext {
/// #     #[prost(string, tag = "1")]
/// #     trace_id: String,
/// # }
///
/// #[interceptor]
/// async fn trace(
///     #[metadata("trace-context-bin")] Protobuf(context): Protobuf<TraceContext>,
/// ) -> Result<TraceContext, Status> {
///     Ok(context)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Protobuf<M>(pub M);

impl<M: prost::Message + Default> FromMetadata<'_, Binary> for Protobuf<M> {
    fn from_metadata(value: Bytes) -> Result<Self, InvalidValue> {
        M::decode(value).map(Self).map_err(|_| InvalidValue::new("expected a protobuf message"))
    }
}
