//! A service that is implemented for an `Arc`, because others hold the value as well.
//!
//! Rust allows this in the crate that has the trait. So the generated code of `probe.proto` is in this file.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};
use vestibule::Mount;

use crate::support::{all_responses, connect_greeter, hello, serve};
use crate::{HasList, moved};

#[allow(unreachable_pub, missing_docs, reason = "it is generated")]
mod pb {
    proto::greeter_here!();
}

use pb::greeter_server::{Greeter, GreeterServer};
use pb::{HelloRequest, HelloResponse};

moved! {
    {
        pub(super) struct Counter {
            calls: AtomicU32,
        }

        impl Counter {
            fn next(&self) -> HelloResponse {
                let number = self.calls.fetch_add(1, Ordering::Relaxed);
                HelloResponse { reply: format!("call {number}") }
            }
        }

        pub(super) async fn serve() -> SocketAddr {
            let counter = Arc::new(Counter { calls: AtomicU32::new(0) });
            counter.next();
            super::serve(GreeterServer::new(Arc::clone(&counter))).await
        }
    }

    #[tonic::async_trait]
    impl Greeter for Arc<Counter> {
        async fn say_hello(&self, _: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
            Ok(Response::new(self.next()))
        }

        type LotsOfRepliesStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

        async fn lots_of_replies(
            &self,
            _: Request<HelloRequest>,
        ) -> Result<Response<Self::LotsOfRepliesStream>, Status> {
            let counter = Arc::clone(self);
            let replies = tokio_stream::iter(0..2).map(move |_| Ok(counter.next()));
            Ok(Response::new(Box::pin(replies)))
        }

        async fn lots_of_greetings(
            &self,
            mut request: Request<Streaming<HelloRequest>>,
        ) -> Result<Response<HelloResponse>, Status> {
            while request.get_mut().message().await?.is_some() {}
            Ok(Response::new(self.next()))
        }

        type BidiHelloStream = Streamed;

        async fn bidi_hello(
            &self,
            request: Request<Streaming<HelloRequest>>,
        ) -> Result<Response<Self::BidiHelloStream>, Status> {
            let counter = Arc::clone(self);
            let replies = request.into_inner().map(move |request| request.map(|_| counter.next()));
            Ok(Response::new(Box::pin(replies)))
        }
    }
}

type Streamed = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send>>;

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = connect_greeter(addr).await;
    let response = client.say_hello(hello("ada")).await.unwrap();
    has_list.check("/pb.Greeter/SayHello", response.metadata());
    assert_eq!(response.into_inner().reply, "call 1");

    let response = client.lots_of_replies(hello("ada")).await.unwrap();
    has_list.check("/pb.Greeter/LotsOfReplies", response.metadata());
    assert_eq!(all_responses(Ok(response)).await, (vec!["call 2".to_owned(), "call 3".to_owned()], Ok(())));

    let response = client.lots_of_greetings(tokio_stream::iter([hello("ada")])).await.unwrap();
    has_list.check("/pb.Greeter/LotsOfGreetings", response.metadata());
    assert_eq!(response.into_inner().reply, "call 4");

    let response = client.bidi_hello(tokio_stream::iter([hello("ada")])).await.unwrap();
    has_list.check("/pb.Greeter/BidiHello", response.metadata());
    assert_eq!(all_responses(Ok(response)).await, (vec!["call 5".to_owned()], Ok(())));
}

/// Has parameters, messages and streams of its own form, and is served by a mount.
struct Modern(&'static str);

#[vestibule::interceptor(logged = crate::log())]
impl Greeter for Arc<Modern> {
    async fn say_hello(
        &self,
        HelloRequest { name }: HelloRequest,
        #[metadata("x-tenant")] tenant: Option<&str>,
        _logged: &(),
    ) -> Result<HelloResponse, Status> {
        Ok(HelloResponse { reply: format!("{} {name} {tenant:?}", self.0) })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let replies = tokio_stream::iter([self.0, &*request.name].map(str::to_owned));
        Ok(replies.map(|reply| Ok(HelloResponse { reply })))
    }

    async fn lots_of_greetings(
        &self,
        _: vestibule::Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        Err(Status::unimplemented("not implemented"))
    }

    async fn bidi_hello(
        &self,
        requests: vestibule::Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(HelloResponse { reply: format!("{} {}", self.0, request?.name) })))
    }
}

#[tokio::test]
async fn in_another_form_behind_a_mount() {
    let addr = serve(Mount::new(Arc::new(Modern("hi")))).await;
    let mut client = connect_greeter(addr).await;
    let response = client.say_hello(hello("ada")).await.unwrap();
    HasList(true).check("/pb.Greeter/SayHello", response.metadata());
    assert_eq!(response.into_inner().reply, "hi ada None");
    let replies = all_responses(client.lots_of_replies(hello("ada")).await).await;
    assert_eq!(replies, (vec!["hi".to_owned(), "ada".to_owned()], Ok(())));
    let replies = all_responses(client.bidi_hello(tokio_stream::iter([hello("ada")])).await).await;
    assert_eq!(replies, (vec!["hi ada".to_owned()], Ok(())));
}
