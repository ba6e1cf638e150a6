#[interceptor(log(&self.name), caller = authenticate())]
impl<T: Store> Greeter for Arc<Named<T>> {
    async fn say_hello(
        &self,
        HelloRequest { name }: HelloRequest,
        #[cfg(unix)] caller: &Caller,
        #[cfg(unix)]
        #[metadata("x-tenant")]
        tenant: &str,
    ) -> EchoResult<HelloResponse> {
        body()
    }

    #[cfg(unix)]
    async fn lots_of_replies(&self, request: HelloRequest) -> EchoResult<impl Stream<Item = Result<HelloResponse, Status>>> {
        body()
    }
}
