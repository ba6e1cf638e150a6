//! After `routeguide`: the four shapes of an rpc, with shared data and with streams of both kinds.
//!
//! The only difference to tonic's example is `Clone` on the service: a chain in front of a stream needs it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use crate::support::{all_responses, connect_greeter, hello, serve};
use crate::{HasList, moved};

moved! {
    {
        #[derive(Debug, Clone)]
        pub(super) struct Guide {
            greetings: Arc<HashMap<&'static str, Vec<&'static str>>>,
        }

        pub(super) async fn serve() -> SocketAddr {
            let greetings = HashMap::from([("ada", vec!["bonjour", "hello"]), ("li", vec!["你好"])]);
            super::serve(GreeterServer::new(Guide { greetings: Arc::new(greetings) })).await
        }
    }

    #[tonic::async_trait]
    impl Greeter for Guide {
        async fn say_hello(&self, request: Request<HelloRequest>) -> Result<Response<HelloResponse>, Status> {
            match self.greetings.get(&request.get_ref().name[..]) {
                Some(greetings) => Ok(Response::new(HelloResponse { reply: greetings[0].to_owned() })),
                None => Ok(Response::new(HelloResponse::default())),
            }
        }

        type LotsOfRepliesStream = ReceiverStream<Result<HelloResponse, Status>>;

        async fn lots_of_replies(
            &self,
            request: Request<HelloRequest>,
        ) -> Result<Response<Self::LotsOfRepliesStream>, Status> {
            let (tx, rx) = mpsc::channel(4);
            let greetings = self.greetings.clone();
            tokio::spawn(async move {
                for greeting in greetings.get(&request.get_ref().name[..]).into_iter().flatten() {
                    tx.send(Ok(HelloResponse { reply: (*greeting).to_owned() })).await.unwrap();
                }
            });
            Ok(Response::new(ReceiverStream::new(rx)))
        }

        async fn lots_of_greetings(
            &self,
            request: Request<Streaming<HelloRequest>>,
        ) -> Result<Response<HelloResponse>, Status> {
            let mut stream = request.into_inner();
            let mut count = 0;
            while let Some(request) = stream.next().await {
                count += usize::from(self.greetings.contains_key(&request?.name[..]));
            }
            Ok(Response::new(HelloResponse { reply: format!("{count} are known") }))
        }

        type BidiHelloStream = Pin<Box<dyn Stream<Item = Result<HelloResponse, Status>> + Send + 'static>>;

        async fn bidi_hello(
            &self,
            request: Request<Streaming<HelloRequest>>,
        ) -> Result<Response<Self::BidiHelloStream>, Status> {
            let mut seen = HashMap::new();
            let output = request.into_inner().map(move |request| {
                let name = request?.name;
                let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
                Ok(HelloResponse { reply: format!("{name} {times}") })
            });
            Ok(Response::new(Box::pin(output) as Self::BidiHelloStream))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = connect_greeter(addr).await;
    let response = client.say_hello(hello("li")).await.unwrap();
    has_list.check("/pb.Greeter/SayHello", response.metadata());
    assert_eq!(response.into_inner().reply, "你好");

    let response = client.lots_of_replies(hello("ada")).await.unwrap();
    has_list.check("/pb.Greeter/LotsOfReplies", response.metadata());
    let (replies, end) = all_responses(Ok(response)).await;
    assert_eq!((replies, end), (vec!["bonjour".to_owned(), "hello".to_owned()], Ok(())));

    let names = tokio_stream::iter(["ada", "bob", "li"].map(hello));
    let response = client.lots_of_greetings(names).await.unwrap();
    has_list.check("/pb.Greeter/LotsOfGreetings", response.metadata());
    assert_eq!(response.into_inner().reply, "2 are known");

    let names = tokio_stream::iter(["ada", "bob", "ada"].map(hello));
    let response = client.bidi_hello(names).await.unwrap();
    has_list.check("/pb.Greeter/BidiHello", response.metadata());
    let (replies, end) = all_responses(Ok(response)).await;
    assert_eq!((replies.join(", "), end), ("ada 1, bob 1, ada 2".to_owned(), Ok(())));
}
