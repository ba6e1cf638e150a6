//! The bytes that a server holds for an open call. An allocator counts them, without what malloc needs for itself.

use std::path::Path;
use std::process::Command;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::{HelloRequest, HelloResponse};
use tokio::task::JoinHandle;
use tokio_stream::pending;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::{Effort, median};
use crate::load::connect;
use crate::open_calls::{CALLS, NAMES};
use crate::process::{self, Process};

/// The bytes of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) server: &'static str,
    /// A unary call whose headers have arrived, but not its message.
    pub(crate) waiting: f64,
    /// A call with a response stream that has no message yet.
    pub(crate) streaming: f64,
}

/// Measures each server, and returns the medians of all repetitions. `program` is the one with the allocator that counts.
pub(crate) fn held(program: &Path, effort: Effort) -> Vec<Held> {
    let repetitions = 0..effort.repetitions;
    let held = |server| Held {
        server,
        waiting: median(repetitions.clone().map(|_| bytes(program, server, open_waiting))),
        streaming: median(repetitions.clone().map(|_| bytes(program, server, open_streaming))),
    };
    NAMES.into_iter().map(held).collect()
}

/// Opens one call after the other, and returns the bytes that each adds to a server.
fn bytes<T: Send + 'static>(program: &Path, name: &str, open: impl Fn(Channel) -> JoinHandle<T>) -> f64 {
    let mut command = Command::new(program);
    command.arg(name);
    let mut server = Process::start(command);
    process::runtime().block_on(async {
        let channel = connect(server.addr).await;
        wait_for_response(&channel).await;
        server.ask();
        let calls: Vec<_> = (0..CALLS).map(|_| open(channel.clone())).collect();
        wait_for_response(&channel).await;
        let held: f64 = server.ask().parse().expect("the server prints a number");
        assert!(calls.iter().all(|call| !call.is_finished()), "all calls are open");
        held / f64::from(CALLS)
    })
}

/// Makes a call. The calls that were opened before it have arrived when it has its response: its task runs after theirs, and a
/// connection keeps the order.
async fn wait_for_response(channel: &Channel) {
    let mut client = GreeterClient::new(channel.clone());
    let request = HelloRequest { name: "ping".to_owned() };
    let call = tokio::spawn(async move { client.say_hello(request).await });
    call.await.expect("the client does not panic").expect("the call succeeds");
}

/// Sends the headers of a unary call, and never its message.
fn open_waiting(channel: Channel) -> JoinHandle<Result<(), Status>> {
    tokio::spawn(async {
        let mut client = Grpc::new(channel);
        client.ready().await.expect("the connection is open");
        let path = PathAndQuery::from_static("/pb.Greeter/SayHello");
        let codec = ProstCodec::<HelloRequest, HelloResponse>::default();
        client.client_streaming(Request::new(pending()), path, codec).await.map(drop)
    })
}

/// Opens a response stream, and waits for its first message, which never comes.
fn open_streaming(channel: Channel) -> JoinHandle<Result<(), Status>> {
    tokio::spawn(async {
        let request = HelloRequest { name: "ping".to_owned() };
        let response = GreeterClient::new(channel).lots_of_replies(request).await?;
        let mut responses: Streaming<HelloResponse> = response.into_inner();
        responses.message().await.map(drop)
    })
}
