#[interceptor(check(&self.store))]
impl<S> Calculatrice for Calculator<S>
where
    S: Store,
{
    async fn addition(self: Arc<Self>, request: AdditionRequest) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
