#[interceptor(caller = authenticate())]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        AdditionRequest { nombre1, nombre2 }: AdditionRequest,
        caller: &Caller,
        #[metadata("locale")] locale: Option<Locale>,
        #[metadata("trace-bin")] Protobuf(trace): Protobuf<Trace>,
        peer: RemoteAddr,
        call: &Call,
    ) -> tonic::Result<AdditionResponse> {
        body()
    }
}
