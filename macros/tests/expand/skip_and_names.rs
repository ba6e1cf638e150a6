#[interceptor(caller = authenticate())]
#[rpc(service = "calcul.v2.Calculatrice")]
impl Calculatrice for Calculator {
    #[skip(caller)]
    #[rpc(name = "ADD")]
    #[cfg(feature = "addition")]
    #[tracing::instrument]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
