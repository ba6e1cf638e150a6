#[allow(dead_code)]
#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    async fn __calculatrice_addition(
        &self,
        request: AdditionRequest,
        caler: &Caller,
    ) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
impl Calculatrice for Calculator
where
    for<'service> &'service Self: __private::Send,
{
    fn addition<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<AdditionRequest>,
    ) -> __private::BoxReply<'async_trait, AdditionResponse>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        ::core::unreachable()
    }
}
::core::compile_error! {
    "nothing provides `caler`; did you mean `caller`?"
}
