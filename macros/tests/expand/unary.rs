#[interceptor(access_log(), caller = authenticate(&self.tokens))]
impl Calculatrice for Calculator {
    /// Adds.
    async fn addition(&self, request: AdditionRequest, caller: &Caller) -> Result<AdditionResponse, CalcError> {
        body(request, caller)
    }
}
