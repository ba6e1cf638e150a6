//! Decodes the body of a request and encodes the body of a response.
//!
//! It does what tonic's `server::Grpc` does, with the same parts of tonic, but does not use that type.
//! `server::Grpc` would hold the request three times while a method runs, and in a mount many calls wait for their
//! message at the same time.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::Version;
use http::header::CONTENT_TYPE;
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding, EncodeBody, SingleMessageCompressionOverride};
use tonic::metadata::{GRPC_CONTENT_TYPE, MetadataMap};
use tonic::{Extensions, Request, Response, Status};

use super::compression;
use super::serve::HttpRequest;
use super::settings::MountSettings;
use super::single_body::SingleBody;
use super::trailers;
use crate::call::{DEFAULT_READ_AHEAD, PREFIX, ReadAheadLimit, UnreadBody};
use crate::chain::{Decoders, UnreadRequest};
use crate::{Shape, metadata};

/// A request whose body is apart, and the writer of its response.
pub(super) struct SplitRequest<C: Codec> {
    pub(super) request: Request<UnreadRequest<C::Decode>>,
    pub(super) writer: ResponseWriter<C>,
    pub(super) unread_body: UnreadBody,
}

/// Encodes a message with its prefix, unless it is larger than the limit. It returns `None` if only the codec can do that.
pub(super) type EncodeMessage<M> = fn(&M, usize) -> Option<Bytes>;

/// Splits a request when its headers have arrived.
// It is always inlined, as is every function that a request passes: otherwise the request is copied once more.
#[inline(always)]
pub(super) fn split_request<C: Codec>(
    codec: C,
    decoders: Decoders<C::Decode>,
    shape: Shape,
    settings: &MountSettings,
    request: HttpRequest,
) -> Result<SplitRequest<C>, Status> {
    let (parts, body) = request.into_parts();
    let compression = compression::of_request(&parts.headers, &settings.accepted)?;
    let max_message_size = settings.max_decoding_message_size;
    let writer = ResponseWriter {
        codec,
        compression: compression::of_response(&parts.headers, &settings.sent),
        max_message_size: settings.max_encoding_message_size,
    };
    let metadata = MetadataMap::from_headers(parts.headers);
    let messages = UnreadRequest { decoders, compression, max_message_size };
    let request = Request::from_parts(metadata, parts.extensions, messages);
    let unread_body = UnreadBody::new(body, read_ahead_limit(shape, max_message_size));
    Ok(SplitRequest { request, writer, unread_body })
}

/// Returns the limit of what is read ahead while a start waits: the single message of a request, or the default for a
/// stream.
fn read_ahead_limit(shape: Shape, max_message_size: Option<usize>) -> ReadAheadLimit {
    let message = max_message_size.unwrap_or(DEFAULT_READ_AHEAD);
    let is_single = !shape.is_client_streaming();
    let bytes = if is_single { message.saturating_add(PREFIX) } else { DEFAULT_READ_AHEAD };
    ReadAheadLimit { bytes, is_single, message }
}

/// Encodes a response.
pub(super) struct ResponseWriter<C: Codec> {
    codec: C,
    compression: Option<CompressionEncoding>,
    max_message_size: Option<usize>,
}

impl<C: Codec> ResponseWriter<C> {
    /// Encodes a response with one message, and appends the trailers of the interceptors.
    pub(super) fn respond_once(
        self,
        response: Result<Response<C::Encode>, Status>,
        encode_message: EncodeMessage<C::Encode>,
    ) -> http::Response<Body> {
        let (metadata, message, mut extensions) = match response {
            Ok(response) => response.into_parts(),
            Err(status) => return status.into_http(),
        };
        let (trailers, compression) = (trailers::take(&mut extensions), self.compression);
        let body = match self.encode_at_once(&message, encode_message) {
            Some(encoded) => SingleBody::new(encoded, trailers).into(),
            None => {
                // tonic's `Response::disable_compression` sets this extension. tonic reads it for single messages alone.
                let compression = extensions.get().copied().unwrap_or_default();
                trailers::append(self.encode(Once(Some(message)), compression), trailers)
            }
        };
        respond(metadata, body, extensions, compression)
    }

    /// Encodes a message, unless tonic has to compress it or to report that it is too large.
    #[inline]
    fn encode_at_once(&self, message: &C::Encode, encode_message: EncodeMessage<C::Encode>) -> Option<Bytes> {
        match self.compression {
            None => encode_message(message, self.max_message_size.unwrap_or(usize::MAX)),
            Some(_) => None,
        }
    }

    /// Encodes a response with a stream of messages.
    pub(super) fn respond_with_stream<S>(self, response: Result<Response<S>, Status>) -> http::Response<Body>
    where
        S: Stream<Item = Result<C::Encode, Status>> + Send + 'static,
    {
        match response {
            Ok(response) => {
                let (metadata, messages, extensions) = response.into_parts();
                let compression = self.compression;
                respond(metadata, self.encode(messages, Default::default()), extensions, compression)
            }
            Err(status) => status.into_http(),
        }
    }

    fn encode<S>(mut self, messages: S, compression: SingleMessageCompressionOverride) -> Body
    where
        S: Stream<Item = Result<C::Encode, Status>> + Send + 'static,
    {
        let encoder = self.codec.encoder();
        let (encoding, limit) = (self.compression, self.max_message_size);
        Body::new(EncodeBody::new_server(encoder, messages, encoding, compression, limit))
    }
}

/// Creates a response with the headers of gRPC.
fn respond(
    metadata: MetadataMap,
    body: Body,
    extensions: Extensions,
    compression: Option<CompressionEncoding>,
) -> http::Response<Body> {
    let mut response = http::Response::new(body);
    *response.version_mut() = Version::HTTP_2;
    *response.extensions_mut() = extensions;
    let headers = response.headers_mut();
    *headers = metadata.into_headers();
    metadata::strip_response(headers);
    headers.insert(CONTENT_TYPE, GRPC_CONTENT_TYPE);
    if let Some(compression) = compression {
        headers.insert(metadata::ENCODING, compression::header_value(compression));
    }
    response
}

/// A stream of one message.
struct Once<M>(Option<M>);

impl<M> Unpin for Once<M> {}

impl<M> Stream for Once<M> {
    type Item = Result<M, Status>;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}
