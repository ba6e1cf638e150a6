//! Messages from the body of a request, and into that of a reply.
//!
//! By the parts of tonic's `server::Grpc`, and as it does, but without it: it would hold the request three times
//! over while a method runs, and a mount has many that run while their message is on the way.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use http::Version;
use http::header::CONTENT_TYPE;
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding, EncodeBody};
use tonic::metadata::{GRPC_CONTENT_TYPE, MetadataMap};
use tonic::{Request, Response, Status};

use super::compression::{self, GRPC_ENCODING};
use super::serve::HttpRequest;
use super::settings::MountSettings;
use super::trailers;
use crate::call::{DEFAULT_READ_AHEAD, PREFIX, ReadAheadLimit, UnreadBody};
use crate::chain::{Decode, UnreadRequest};
use crate::{Shape, metadata};

/// A request without its body, and what will write the reply.
pub(super) struct SplitRequest<C: Codec> {
    pub(super) request: Request<UnreadRequest<C::Decode>>,
    pub(super) writer: ResponseWriter<C>,
    pub(super) intake: UnreadBody,
}

/// Takes a request apart as soon as its headers are there.
// Always inlined, as all that a request is handed on to: otherwise it is copied once more.
#[inline(always)]
pub(super) fn split_request<C: Codec>(
    codec: C,
    decode: Decode<C::Decode>,
    shape: Shape,
    settings: &MountSettings,
    request: HttpRequest,
) -> Result<SplitRequest<C>, Status> {
    let (head, body) = request.into_parts();
    let compression = compression::of_request(&head.headers, &settings.accepted)?;
    let max_message_size = settings.max_decoding_message_size;
    let writer = ResponseWriter {
        codec,
        compression: compression::of_reply(&head.headers, &settings.sent),
        max_message_size: settings.max_encoding_message_size,
    };
    let metadata = MetadataMap::from_headers(head.headers);
    let messages = UnreadRequest { decode, compression, max_message_size };
    let request = Request::from_parts(metadata, head.extensions, messages);
    Ok(SplitRequest { request, writer, intake: UnreadBody::new(body, bound(shape, max_message_size)) })
}

/// The bound of what is taken in while a start waits: the one message of a request, or so much of a stream.
fn bound(shape: Shape, max_message_size: Option<usize>) -> ReadAheadLimit {
    let message = max_message_size.unwrap_or(DEFAULT_READ_AHEAD);
    let is_single = !shape.is_client_streaming();
    let bytes = if is_single { message.saturating_add(PREFIX) } else { DEFAULT_READ_AHEAD };
    ReadAheadLimit { bytes, is_single, message }
}

/// What writes a reply.
pub(super) struct ResponseWriter<C: Codec> {
    codec: C,
    compression: Option<CompressionEncoding>,
    max_message_size: Option<usize>,
}

impl<C: Codec> ResponseWriter<C> {
    /// One message, and the trailers that the chain has left.
    pub(super) fn respond_once(self, reply: Result<Response<C::Encode>, Status>) -> http::Response<Body> {
        let reply = match reply {
            Ok(reply) => reply.map(|message| Once(Some(message))),
            Err(status) => return status.into_http(),
        };
        let mut response = self.response(reply, true);
        trailers::append(&mut response);
        response
    }

    /// A stream of messages.
    pub(super) fn respond_with_stream<S>(self, reply: Result<Response<S>, Status>) -> http::Response<Body>
    where
        S: Stream<Item = Result<C::Encode, Status>> + Send + 'static,
    {
        match reply {
            Ok(reply) => self.response(reply, false),
            Err(status) => status.into_http(),
        }
    }

    fn response<S>(mut self, reply: Response<S>, is_single: bool) -> http::Response<Body>
    where
        S: Stream<Item = Result<C::Encode, Status>> + Send + 'static,
    {
        let (metadata, messages, extensions) = reply.into_parts();
        // Of tonic's `Response::disable_compression`, which is for single messages.
        let plain =
            if is_single { extensions.get().copied().unwrap_or_default() } else { Default::default() };
        let encoder = self.codec.encoder();
        let body = EncodeBody::new_server(encoder, messages, self.compression, plain, self.max_message_size);
        let mut response = http::Response::new(Body::new(body));
        *response.version_mut() = Version::HTTP_2;
        *response.extensions_mut() = extensions;
        let headers = response.headers_mut();
        *headers = metadata.into_headers();
        metadata::strip_reply(headers);
        headers.insert(CONTENT_TYPE, GRPC_CONTENT_TYPE);
        if let Some(compression) = self.compression {
            headers.insert(GRPC_ENCODING, compression::value(compression));
        }
        response
    }
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
