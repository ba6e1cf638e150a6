//! A mount reads the body of a request as tonic's own server does, and knows a broken one.

use bytes::Bytes;
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tokio_stream::StreamExt;
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tower_service::Service;
use vestibule::{Code, Mount, Status};

use super::mount_service::{body, code, mount};
use super::mounted::mounted;
use crate::support::traceable::Traceable;
use crate::support::tracer::Tracer;
use crate::support::{PATHS, all_responses, connect_greeter, hello, raw, serve};

#[tokio::test]
async fn a_message_may_be_larger_than_its_buffer() {
    let gzip = CompressionEncoding::Gzip;
    let mount = Mount::new(Traceable::default()).accept_compressed(gzip).send_compressed(gzip);
    let plain = connect_greeter(serve(mount).await).await;
    let compressed = plain.clone().send_compressed(gzip).accept_compressed(gzip);
    for mut client in [plain, compressed] {
        // The sizes are around 512 with and without prefix and tag, around tonic's 8 KiB, and many frames of HTTP/2.
        for len in [0, 504, 505, 507, 508, 512, 513, 8184, 8187, 8192, 1_000_000] {
            let name = "x".repeat(len);
            let reply = client.say_hello(hello(&name)).await.unwrap().into_inner().reply;
            assert!(reply == name, "{len}");
            let received = all_responses(client.lots_of_replies(hello(&name)).await).await;
            assert!(received == (vec![name], Ok(())), "{len}");
        }
    }
}

#[tokio::test]
async fn a_message_that_can_not_be_decoded_is_the_chains_as_well() {
    let tracer = Tracer::default();
    let addr = mounted(&tracer).await;
    for (frame, code) in
        [(&[2_u8, 0, 0, 0, 0][..], "13"), (&[0, 0, 0, 0, 1, 0xff], "13"), (&[0, 0, 0, 0, 9, 1], "13")]
    {
        let body = Body::new(Full::new(Bytes::copy_from_slice(frame)));
        let reply = raw::reply(addr, raw::request(PATHS[0]).body(body).unwrap()).await;
        assert_eq!((frame, reply.get("grpc-status")), (frame, Some(code)));
        assert_eq!(tracer.take(), "A.s B.s B.f(Internal) A.f(Internal)");
    }
}

#[tokio::test]
async fn limits_of_size_and_compression_are_set_as_on_the_generated_server() {
    let service = || Mount::new(Traceable::default());
    let mut client = connect_greeter(serve(service().max_decoding_message_size(100)).await).await;
    assert_eq!(client.say_hello(hello(&"x".repeat(200))).await.unwrap_err().code(), Code::OutOfRange);
    assert!(client.say_hello(hello("x")).await.is_ok());
    let mut client = connect_greeter(serve(service().max_encoding_message_size(100)).await).await;
    assert_eq!(client.say_hello(hello(&"x".repeat(200))).await.unwrap_err().code(), Code::OutOfRange);

    let gzip = CompressionEncoding::Gzip;
    let mut client = connect_greeter(serve(service()).await).await.send_compressed(gzip);
    assert_eq!(client.say_hello(hello("x")).await.unwrap_err().code(), Code::Unimplemented);
    let addr = serve(service().accept_compressed(gzip).send_compressed(gzip)).await;
    let mut client: GreeterClient<_> =
        connect_greeter(addr).await.send_compressed(gzip).accept_compressed(gzip);
    let response = client.say_hello(hello(&"x".repeat(10_000))).await.unwrap();
    assert_eq!(response.metadata().get("grpc-encoding").unwrap(), "gzip");
    assert_eq!(response.into_inner().reply.len(), 10_000);
}

/// If two messages come where one is expected, the first one counts, as in tonic's own server.
#[tokio::test]
async fn a_second_message_is_not_read() {
    let addr = serve(Mount::new(Traceable::default())).await;
    let two = [raw::frame(&hello("a")), raw::frame(&hello("b"))].concat();
    let body = Body::new(Full::new(Bytes::from(two)));
    let reply = raw::reply(addr, raw::request(PATHS[0]).body(body).unwrap()).await;
    assert_eq!((reply.get("grpc-status"), &reply.body[7..]), (Some("0"), &b"a"[..]));
}

#[tokio::test]
async fn a_handler_that_fails_for_a_broken_upload_was_interrupted() {
    let tracer = Tracer::default();
    let broken = body([Ok(Frame::data(raw::frame(&hello("a")))), Err(Status::cancelled("gone"))]);
    let response = mount(&tracer).call(raw::request(PATHS[2]).body(broken).unwrap()).await.unwrap();
    assert_eq!(code(response).await.unwrap(), "1");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(interrupted) A.f(interrupted)");
}

#[tokio::test]
async fn an_error_of_a_layer_reaches_the_handler_as_it_is() {
    let tracer = Tracer::default();
    let exceeded = Err(Status::resource_exhausted("length limit exceeded"));
    let failing = body([Ok(Frame::data(raw::frame(&hello("a")))), exceeded]);
    let response = mount(&tracer).call(raw::request(PATHS[2]).body(failing).unwrap()).await.unwrap();
    assert_eq!(response.headers().get("grpc-message").unwrap(), "length%20limit%20exceeded");
    assert_eq!(code(response).await.unwrap(), "8");
    assert_eq!(tracer.take(), "A.s B.s H A.r B.r B.f(ResourceExhausted) A.f(ResourceExhausted)");
}

/// tonic's own server demands this as well.
#[tokio::test]
async fn what_follows_a_single_message_must_be_well_formed() {
    for path in &PATHS[..2] {
        let two = [&raw::frame(&hello("a"))[..], &[2, 0, 0, 0, 0]].concat();
        let request = || raw::request(path).body(Body::new(Full::new(Bytes::from(two.clone())))).unwrap();
        let mut tonics = GreeterServer::new(Traceable::default());
        assert_eq!(code(tonics.call(request()).await.unwrap()).await.unwrap(), "13");
        let tracer = Tracer::default();
        assert_eq!(code(mount(&tracer).call(request()).await.unwrap()).await.unwrap(), "13");
        assert_eq!(tracer.take(), "A.s B.s B.f(Internal) A.f(Internal)");
    }
}

#[tokio::test]
async fn a_handler_does_not_run_before_the_end_of_the_request() {
    for path in &PATHS[..2] {
        let tracer = Tracer::default();
        let endless = StreamExt::chain(
            tokio_stream::once(Ok::<_, Status>(Frame::data(raw::frame(&hello("a"))))),
            tokio_stream::pending(),
        );
        let request = raw::request(path).body(Body::new(StreamBody::new(endless))).unwrap();
        let mut answer = mount(&tracer).call(request);
        // The mount has read all that has come by then.
        for _ in 0..10 {
            assert!(
                std::future::poll_fn(|cx| std::task::Poll::Ready(answer.as_mut().poll(cx).is_pending()))
                    .await
            );
        }
        assert_eq!(tracer.take(), "A.s B.s");
    }
}
