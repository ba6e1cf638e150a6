//! Messages from the body of a request, and into that of a reply.
//!
//! By the parts of tonic's `server::Grpc`, and as it does, but without it: it would hold the request three times
//! over while a method runs, and a mount has many that run while their message is on the way.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http::Version;
use http::header::CONTENT_TYPE;
use tonic::body::Body;
use tonic::codec::{Codec, CompressionEncoding, EncodeBody};
use tonic::metadata::{GRPC_CONTENT_TYPE, MetadataMap};
use tonic::{Request, Response, Status, Streaming};

use super::compression::{self, GRPC_ENCODING};
use super::{BoxError, Settings, trailers};
use crate::metadata;

type Opened<C> = (Request<Streaming<<C as Codec>::Decode>>, Writer<C>);

/// The messages of a request, and what will write the reply.
// Always inlined, as all that a request is handed on to: otherwise it is copied once more.
#[inline(always)]
pub(super) fn open<C, B>(
    mut codec: C,
    settings: &Settings,
    request: http::Request<B>,
) -> Result<Opened<C>, Status>
where
    C: Codec,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (head, body) = request.into_parts();
    let compressed = compression::of_request(&head.headers, &settings.accepted)?;
    let limit = settings.max_decoding_message_size;
    let messages = Streaming::new_request(codec.decoder(), body, compressed, limit);
    let writer = Writer {
        codec,
        compression: compression::of_reply(&head.headers, &settings.sent),
        max_message_size: settings.max_encoding_message_size,
    };
    let metadata = MetadataMap::from_headers(head.headers);
    Ok((Request::from_parts(metadata, head.extensions, messages), writer))
}

/// What writes a reply.
pub(super) struct Writer<C: Codec> {
    codec: C,
    compression: Option<CompressionEncoding>,
    max_message_size: Option<usize>,
}

impl<C: Codec> Writer<C> {
    /// One message, and the trailers that the chain has left.
    pub(super) fn single(self, reply: Result<Response<C::Encode>, Status>) -> http::Response<Body> {
        let reply = match reply {
            Ok(reply) => reply.map(|message| Once(Some(message))),
            Err(status) => return status.into_http(),
        };
        let mut response = self.response(reply, true);
        trailers::append(&mut response);
        response
    }

    /// A stream of messages.
    pub(super) fn stream<S>(self, reply: Result<Response<S>, Status>) -> http::Response<Body>
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
