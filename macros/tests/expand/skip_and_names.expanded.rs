#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    #[cfg(feature = "addition")]
    #[tracing::instrument(name = "addition")]
    async fn __calculatrice_addition(
        &self,
        request: AdditionRequest,
    ) -> Result<AdditionResponse, CalcError> {
        body()
    }
    #[cfg(feature = "addition")]
    fn __calculatrice_addition_chain<'life0>(
        &'life0 self,
        call: &'life0 __private::Call,
        exchange: &'life0 mut __private::Unary<
            AdditionRequest,
            AdditionResponse,
        >,
    ) -> impl __private::Future<
        Output = __private::Result<(), __private::Status>,
    > + __private::Send + 'life0 {
        async move {
            let hooks = &mut ();
            let mut held = __private::pin(
                __private::Option::None,
            );
            exchange.arrive().await?;
            let message = exchange.receive(call, hooks)?;
            let reply = __private::hold(
                    __private::Pin::as_mut(&mut held),
                    __private::SentHandler::checked(move || Self::__calculatrice_addition(
                        self,
                        message,
                    )),
                )
                .await
                .map_err(|error: CalcError| <CalcError as __private::IntoStatus<
                    _,
                >>::into_status(error))?;
            exchange.reply(call, __private::Response::new(reply), hooks)
        }
    }
}
impl Calculatrice for Calculator
where
    for<'service> &'service Self: __private::Send,
{
    #[cfg(feature = "addition")]
    fn addition<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<AdditionRequest>,
    ) -> __private::BoxReply<'async_trait, AdditionResponse>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let mut received = __private::Exchange::new(
            __private::method_info("calcul.v2.Calculatrice", "ADD", Unary),
            request,
            __private::Option::None,
        );
        __private::Box::pin(async move {
            let (call, exchange) = &mut received;
            let result = {
                let rest = __private::pin(
                    __private::Option::Some(
                        Self::__calculatrice_addition_chain(self, call, exchange),
                    ),
                );
                __private::Whole::new(call, rest).await
            };
            exchange.end(call, result)
        })
    }
}
