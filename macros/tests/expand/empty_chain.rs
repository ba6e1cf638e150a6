#[interceptor]
impl calcul::calculatrice_server::Calculatrice for Calculator {
    async fn addition(&self, request: Request<AdditionRequest>) -> Result<Response<AdditionResponse>, Status> {
        body(request)
    }
}
