//! Settings of tonic's server do what the guide says of them.

use std::sync::Arc;
use std::time::Duration;

use proto::hello_stubs;
use tokio::sync::Semaphore;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Server;
use vestibule::{Code, Mount, Status, interceptor};

use crate::support::traceable::Traceable;
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{connect_greeter, hello, serve_by, surely};

/// A service whose stream ends when the test says so.
#[derive(Clone)]
struct Slow(Arc<Semaphore>);

#[interceptor]
#[rpc(default_stubs)]
impl hello_stubs::greeter_server::Greeter for Slow {
    async fn say_hello(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<hello_stubs::HelloResponse, Status> {
        std::future::pending().await
    }

    async fn lots_of_replies(
        &self,
        _request: hello_stubs::HelloRequest,
    ) -> Result<impl Stream<Item = Result<hello_stubs::HelloResponse, Status>>, Status> {
        let end = Arc::clone(&self.0);
        let first = tokio_stream::once(Ok(hello_stubs::HelloResponse::default()));
        let last = tokio_stream::once(()).then(move |()| {
            let end = Arc::clone(&end);
            async move {
                end.acquire().await.unwrap().forget();
                Ok(hello_stubs::HelloResponse::default())
            }
        });
        Ok(first.chain(last))
    }
}

/// tonic's timer runs further out than any chain of a service.
#[tokio::test]
async fn the_timeout_of_a_server_is_cancelled_and_spares_streams_that_have_begun() {
    let end = Arc::new(Semaphore::new(0));
    let server = Server::builder().timeout(Duration::from_secs(1));
    let addr = serve_by(
        server,
        Mount::<_, hello_stubs::greeter_server::GreeterServer<_>>::new(Slow(Arc::clone(&end))),
    )
    .await;
    let mut client = connect_greeter(addr).await;
    let mut stream = client.lots_of_replies(hello("a")).await.unwrap().into_inner();
    assert!(stream.message().await.unwrap().is_some());
    // This call starts after the stream, so the stream has exceeded the timeout as well.
    let status = surely(client.say_hello(hello("a"))).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Cancelled, "Timeout expired"));
    end.add_permits(1);
    assert!(surely(stream.message()).await.unwrap().is_some());
    assert!(surely(stream.message()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_server_sheds_reaches_no_chain() {
    let tracer = Tracer::new(Plan { hangs: "H", ..Plan::default() });
    let server = || Server::builder().concurrency_limit_per_connection(1).load_shed(true);
    let service = || Traceable { tracer: tracer.clone(), ..Traceable::default() };
    let layer = vestibule::layer((Traced("A", tracer.clone()), Traced("B", tracer.clone())));
    let layered = tower_layer::Layer::layer(
        &layer,
        hello_stubs::greeter_server::GreeterServer::new(Slow(Arc::new(Semaphore::new(0)))),
    );
    for addr in [serve_by(server(), Mount::new(service())).await, serve_by(server(), layered).await] {
        let mut client = connect_greeter(addr).await;
        let mut other = client.clone();
        let first = tokio::spawn(async move { other.say_hello(hello("a")).await });
        tracer.until(|trace| trace.ends_with("B.r") || trace.ends_with('H')).await;
        let before = tracer.take();
        let status = client.say_hello(hello("a")).await.unwrap_err();
        assert_eq!((status.code(), &*tracer.take()), (Code::ResourceExhausted, ""), "{before}");
        first.abort();
        tracer.finished().await;
        assert!(tracer.take().ends_with("A.f(interrupted)"));
    }
}
