//! A service in edition 2021, where an `impl Stream` borrows nothing unless it says so.

#[cfg(test)]
mod tests {
    use proto::hello::greeter_server::{Greeter, GreeterServer};
    use proto::hello::{HelloRequest, HelloResponse};
    use tokio_stream::{Stream, StreamExt};
    use tonic::Request;
    use vestibule::{interceptor, Mount, Status, Streaming};

    trait Store: Clone + Send + Sync + 'static {
        fn greeting(&self) -> &str;
    }

    #[derive(Clone)]
    struct MyGreeter<T> {
        store: T,
    }

    struct Caller(String);

    #[interceptor]
    async fn authenticate(#[metadata("x-name")] name: &str) -> Result<Caller, Status> {
        Ok(Caller(name.to_owned()))
    }

    #[interceptor(caller = authenticate())]
    impl<T: Store> Greeter for MyGreeter<T> {
        async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
            Ok(HelloResponse { reply: request.name })
        }

        async fn lots_of_replies(
            &self,
            request: HelloRequest,
            caller: &Caller,
            #[metadata("x-mark")] mark: &str,
        ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
            let greeting = self.store.greeting();
            let line = move |n| format!("{greeting} {} {}{mark} {n}", caller.0, request.name);
            Ok(tokio_stream::iter(0..2).map(move |n| Ok(HelloResponse { reply: line(n) })))
        }

        async fn lots_of_greetings(
            &self,
            mut names: Streaming<HelloRequest>,
        ) -> Result<HelloResponse, Status> {
            Ok(HelloResponse { reply: names.message().await?.unwrap_or_default().name })
        }

        async fn bidi_hello(
            &self,
            names: Streaming<HelloRequest>,
            caller: &Caller,
        ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
            Ok(names.map(move |name| Ok(HelloResponse { reply: format!("{} {}", caller.0, name?.name) })))
        }
    }

    impl Store for &'static str {
        fn greeting(&self) -> &str {
            self
        }
    }

    #[tokio::test]
    async fn a_stream_borrows_from_all_parameters() {
        let service = MyGreeter { store: "hello" };
        let _ = (Mount::new(service.clone()), GreeterServer::new(service.clone()));
        let mut request = Request::new(HelloRequest { name: "Ada".to_owned() });
        for (key, value) in [("x-name", "Eve"), ("x-mark", "!")] {
            request.metadata_mut().insert(key, value.parse().unwrap());
        }
        let replies = Greeter::lots_of_replies(&service, request).await.unwrap().into_inner();
        let replies: Vec<_> = replies.map(|reply| reply.unwrap().reply).collect().await;
        assert_eq!(replies, ["hello Eve Ada! 0", "hello Eve Ada! 1"]);
    }
}
