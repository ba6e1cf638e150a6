//! The service that `check.py` opens in rust-analyzer.

use proto::hello::greeter_server::Greeter;
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::Stream;
use vestibule::{Status, Streaming, interceptor};

pub struct Caller {
    pub name: String,
}

#[derive(Clone)]
pub struct Store {
    pub prefix: String,
}

impl Store {
    pub fn lookup(&self, name: &str) -> usize {
        name.len() + self.prefix.len()
    }
}

#[interceptor]
async fn authenticate(#[metadata("authorization")] token: &str, store: &Store) -> Result<Caller, Status> {
    let _ = store.lookup(token);
    Ok(Caller { name: token.to_owned() })
}

#[derive(Clone)]
pub struct MyGreeter {
    pub store: Store,
}

#[interceptor(caller = authenticate(&self.store))]
impl Greeter for MyGreeter {
    async fn say_hello(&self, request: HelloRequest, caller: &Caller) -> Result<HelloResponse, Status> {
        let count = self.store.lookup(&request.name);
        Ok(HelloResponse { reply: format!("{} {count}", caller.name) })
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([Ok(HelloResponse { reply: request.name })]))
    }

    async fn lots_of_greetings(&self, mut requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        let mut reply = String::new();
        while let Some(greeting) = requests.message().await? {
            reply += &greeting.name;
        }
        Ok(HelloResponse { reply })
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        drop(requests);
        Ok(tokio_stream::empty())
    }
}
