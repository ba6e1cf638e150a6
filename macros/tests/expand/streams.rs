#[interceptor(access_log())]
impl hello::greeter_server::Greeter for MyGreeter {
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, GreetError>>, GreetError> {
        body(request)
    }

    async fn lots_of_greetings(&self, requests: Streaming<HelloRequest>) -> Result<HelloResponse, Status> {
        body(requests)
    }

    async fn bidi_hello(&self, requests: Streaming<HelloRequest>) -> Result<Self::BidiHelloStream, Status> {
        body(requests)
    }

    type BidiHelloStream = ReceiverStream<Result<HelloResponse, Status>>;
}
