//! A layer passes messages of any size, in whatever pieces they come, and holds none of them.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use proto::hello::greeter_server::GreeterServer;
use tonic::codec::CompressionEncoding;
use tower_layer::Layer;
use vestibule::proxy::EncodedMessage;
use vestibule::server::LayerMethod;
use vestibule::{Call, Hooks, Interceptor, Status, layer};

use super::plain_service::{Plain, pieces, traced};
use crate::support::tracer::Tracer;
use crate::support::{PATHS, connect_greeter, hello, raw, serve};

#[derive(Clone, Default)]
struct Sizes(Arc<Mutex<Vec<(usize, bool)>>>);

impl Interceptor for Sizes {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), self.clone()))
    }
}

impl Hooks<LayerMethod> for Sizes {
    fn on_request(&mut self, message: &mut EncodedMessage) -> Result<(), Status> {
        self.0.lock().unwrap().push((message.len(), message.is_compressed()));
        Ok(())
    }

    fn on_response(&mut self, message: &mut EncodedMessage) -> Result<(), Status> {
        self.on_request(message)
    }
}

#[tokio::test]
async fn messages_of_any_size_pass_compressed_or_not() {
    let sizes = Sizes::default();
    let server = GreeterServer::new(Plain::default())
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let addr = serve(layer((sizes.clone(),)).layer(server)).await;
    let mut client = connect_greeter(addr).await;
    let large = "x".repeat(1 << 20);
    assert_eq!(client.say_hello(hello(&large)).await.unwrap().into_inner().reply, large);
    let len = prost::Message::encoded_len(&hello(&large));
    assert_eq!(std::mem::take(&mut *sizes.0.lock().unwrap()), [(len, false), (len, false)]);
    let mut client =
        client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
    assert_eq!(client.say_hello(hello(&large)).await.unwrap().into_inner().reply, large);
    let seen = std::mem::take(&mut *sizes.0.lock().unwrap());
    assert!(matches!(seen[..], [(a, true), (b, true)] if a < 10_000 && b < 10_000), "{seen:?}");
}

#[tokio::test]
async fn a_body_may_come_byte_by_byte() {
    let tracer = Tracer::default();
    let addr = traced(&tracer).await;
    let body = [raw::frame(&hello("a")), raw::frame(&hello("b"))].concat();
    let body = pieces(body.iter().map(|&byte| Bytes::copy_from_slice(&[byte])).collect());
    let reply = raw::reply(addr, raw::request(PATHS[2]).body(body).unwrap()).await;
    assert!(reply.contains("a b"));
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r A.r B.r B.w A.w B.f(ok) A.f(ok)");
}

#[tokio::test]
async fn a_body_that_ends_in_the_midst_of_a_message_is_no_end() {
    let whole = raw::frame(&hello("abc"));
    for len in [1, 4, 5, whole.len() - 1] {
        let addr = traced(&Tracer::default()).await;
        let body = pieces(vec![whole.slice(..len)]);
        let reply = raw::reply(addr, raw::request(PATHS[2]).body(body).unwrap()).await;
        assert_eq!((len, reply.get("grpc-status")), (len, Some("13")));
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_held() {
    let tracer = Tracer::default();
    let mut client = connect_greeter(traced(&tracer).await).await;
    let mut stream = client.lots_of_replies(hello("endless")).await.unwrap().into_inner();
    let sent = || tracer.trace().matches("A.w").count();
    let mut before = usize::MAX;
    // The service sends until the windows of HTTP/2 are full.
    while sent() != before {
        before = sent();
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    }
    stream.message().await.unwrap();
}
