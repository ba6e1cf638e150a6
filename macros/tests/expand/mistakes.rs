#[interceptor(caller = authenticate())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest, caler: &Caller) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
