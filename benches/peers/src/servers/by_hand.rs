//! A server that can only answer this one rpc: it decodes the frame of the request itself, and answers one frame and trailers.
//! It checks no header, and it has neither compression nor a deadline. So no library can cost less.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::server::NamedService;
use tower_service::Service;

use super::serve_routed;

pub(super) async fn behind_router(listener: TcpListener) {
    serve_routed(ByHand, listener).await;
}

pub(super) async fn on_hyper(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.expect("the socket listens");
        stream.set_nodelay(true).expect("the connection is open");
        let server = http2::Builder::new(TokioExecutor::new());
        // A client that goes away ends its connection with an error, which is of no interest.
        tokio::spawn(server.serve_connection(TokioIo::new(stream), service_fn(respond)));
    }
}

#[derive(Clone, Copy)]
struct ByHand;

impl Service<Request<tonic::body::Body>> for ByHand {
    type Response = Response<SingleMessage>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        Box::pin(respond(request))
    }
}

impl NamedService for ByHand {
    const NAME: &'static str = "probe.Probe";
}

/// The five bytes in front of each message: a flag, and the length of the message.
const PREFIX: usize = 5;

async fn respond<B>(request: Request<B>) -> Result<Response<SingleMessage>, Infallible>
where
    B: Body<Data = Bytes>,
{
    let body = match read(request.into_body()).await {
        Some(ping) => SingleMessage::new(&Pong { text: ping.text }),
        None => SingleMessage::internal_error(),
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(response)
}

/// Reads the message, and the end of the body. A response before that end would make hyper reset the stream.
async fn read(body: impl Body<Data = Bytes>) -> Option<Ping> {
    let mut body = pin!(body);
    let mut message = None;
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.ok()?.into_data() else { continue };
        if message.is_none() && data.len() >= PREFIX {
            data.advance(PREFIX);
            message = Some(Ping::decode(data).ok()?);
        }
    }
    message
}

/// The body of a response: one frame, and trailers.
struct SingleMessage {
    frame: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl SingleMessage {
    fn new(message: &impl Message) -> Self {
        let len = message.encoded_len();
        let mut frame = BytesMut::with_capacity(PREFIX + len);
        frame.put_u8(0);
        frame.put_u32(u32::try_from(len).expect("the message is small"));
        message.encode(&mut frame).expect("the buffer is large enough");
        Self { frame: Some(frame.freeze()), trailers: Some(grpc_status("0")) }
    }

    fn internal_error() -> Self {
        Self { frame: None, trailers: Some(grpc_status("13")) }
    }
}

fn grpc_status(code: &'static str) -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert("grpc-status", HeaderValue::from_static(code));
    trailers
}

impl Body for SingleMessage {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let data = this.frame.take().map(Frame::data);
        Poll::Ready(data.or_else(|| this.trailers.take().map(Frame::trailers)).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.trailers.is_none()
    }
}
