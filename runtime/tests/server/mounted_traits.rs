//! A mount serves each kind of trait that tonic-build generates, and methods whose names were guessed wrong.

use std::sync::Arc;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use proto::{hello_arc, hello_stubs};
use tokio::sync::mpsc;
use tokio_stream::{Stream, StreamExt};
use tonic::codec::CompressionEncoding;
use tonic::server::NamedService;
use tonic::{Request, Response};
use vestibule::{Code, Mount, Status, Streaming, interceptor};

use super::mounted::{Demanding, Detached, Misnamed, names};
use crate::support::log::log_in;
use crate::support::traceable::Traceable;
use crate::support::tracer::Tracer;
use crate::support::{all_responses, answer, connect, connect_greeter, hello, ping, pong, serve};

/// vestibule derives the name of an rpc from the method. A wrong one is reported when the server is built, and is
/// served.
#[test]
fn a_name_that_is_guessed_wrong_is_reported_and_served() {
    let (log, mount) = log_in(|| Mount::new(Misnamed));
    assert_eq!(
        log,
        "ERROR vestibule: method `get_url` is not the rpc `GetUrl`: probe.Probe has none of that name; write `#[rpc(name = \"...\")]` above it"
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut client = connect(serve(mount).await).await;
        assert_eq!(answer(client.get_url(ping(&[])).await).unwrap(), "/probe.Probe/GetUrl");
        assert_eq!(answer(client.echo(ping(&[])).await).unwrap(), "echo");
    });
}

#[test]
fn names_that_are_right_are_not_reported() {
    let (log, _) = log_in(|| Mount::new(Demanding));
    assert_eq!(log, "");
    let (log, _) = log_in(|| Mount::new(Traceable::default()));
    assert_eq!(log, "");
}

/// A service with `Arc` receivers.
struct Shared;

#[interceptor]
impl hello_arc::greeter_server::Greeter for Shared {
    async fn say_hello(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Ok(hello_arc::HelloResponse { reply: request.name })
    }

    async fn lots_of_replies(
        self: Arc<Self>,
        request: hello_arc::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_arc::HelloResponse, Status>>, Status> {
        Ok(tokio_stream::once(Ok(hello_arc::HelloResponse { reply: request.name })))
    }

    async fn lots_of_greetings(
        self: Arc<Self>,
        _requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<hello_arc::HelloResponse, Status> {
        Ok(hello_arc::HelloResponse::default())
    }

    async fn bidi_hello(
        self: Arc<Self>,
        requests: Streaming<hello_arc::HelloRequest>,
    ) -> Result<impl Stream<Item = Result<hello_arc::HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(hello_arc::HelloResponse { reply: request?.name })))
    }
}

#[tokio::test]
async fn traits_of_every_kind_can_be_mounted() {
    let mut client = connect_greeter(serve(Mount::from_arc(Arc::new(Shared))).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(all_responses(client.bidi_hello(names()).await).await.0, ["a", "b"]);
    let (sender, mut ends) = mpsc::channel(1);
    let detached = Detached { tracer: Tracer::default(), ends: sender };
    let mut client = connect_greeter(serve(Mount::new(detached)).await).await;
    client.lots_of_greetings(names()).await.unwrap();
    assert_eq!(ends.recv().await, Some(Ok(2)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap_err().code(), Code::Unimplemented);
}

/// A type that implements two services.
struct Both;

#[interceptor]
impl Probe for Both {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(pong(request.into_inner().text)))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Both {
    async fn say_hello(
        &self,
        request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        Ok(hello_stubs::HelloResponse { reply: request.name })
    }
}

#[tokio::test]
async fn one_type_can_be_mounted_as_two_services() {
    type Greeting = Mount<Both, hello_stubs::greeter_server::GreeterServer<()>>;
    type Probing = Mount<Both, ProbeServer<()>>;

    assert_eq!((Greeting::NAME, Probing::NAME), ("pb.Greeter", "probe.Probe"));
    let mut client = connect(serve(Mount::<_, ProbeServer<_>>::new(Both)).await).await;
    assert_eq!(answer(client.echo(ping(&[])).await).unwrap(), "ping");
    let mut client = connect_greeter(serve(Greeting::new(Both)).await).await;
    assert_eq!(client.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
}

/// Passes each request on to another annotated service unchanged.
struct Forwards(Demanding);

#[interceptor]
impl Probe for Forwards {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.0.echo(request).await
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.0.get_url(request).await
    }
}

#[tokio::test]
async fn a_request_may_be_handed_to_another_service() {
    let mut client = connect(serve(Mount::new(Forwards(Demanding))).await).await;
    assert_eq!(answer(client.echo(ping(&[("request-id", "1"), ("x-number", "7")])).await).unwrap(), "7");
    assert_eq!(answer(client.get_url(ping(&[("request-id", "1")])).await).unwrap(), "ping");
}

/// A mount leaves such a method to tonic's own server, which has the same settings.
#[tokio::test]
async fn settings_hold_for_a_method_whose_name_is_guessed_wrong() {
    let gzip = CompressionEncoding::Gzip;
    let mount = Mount::new(Misnamed).accept_compressed(gzip).send_compressed(gzip);
    let mut client = connect(serve(mount.max_decoding_message_size(100)).await).await;
    let mut request = ping(&[]);
    request.get_mut().text = "x".repeat(200);
    assert_eq!(client.get_url(request).await.unwrap_err().code(), Code::OutOfRange);
    let mut client = client.send_compressed(gzip).accept_compressed(gzip);
    let reply = client.get_url(ping(&[])).await.unwrap();
    assert_eq!(reply.metadata().get("grpc-encoding").unwrap(), "gzip");
    let mut client = connect(serve(Mount::new(Misnamed).max_encoding_message_size(3)).await).await;
    assert_eq!(client.get_url(ping(&[])).await.unwrap_err().code(), Code::OutOfRange);
}
