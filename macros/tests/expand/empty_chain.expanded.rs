#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    async fn __calcul_calculatrice_server_calculatrice_addition(
        &self,
        request: Request<AdditionRequest>,
    ) -> Result<Response<AdditionResponse>, Status> {
        body(request)
    }
}
impl calcul::calculatrice_server::Calculatrice for Calculator {
    fn addition<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<AdditionRequest>,
    ) -> __private::BoxReply<'async_trait, AdditionResponse>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        __private::Box::pin(async move {
            let (call, mut exchange) = __private::Exchange::unary(
                __private::method_info(
                    <calcul::calculatrice_server::CalculatriceServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "Addition",
                    Unary,
                ),
                request,
            );
            let call = &call;
            let result = {
                let rest = __private::pin(
                    __private::Option::Some(async {
                        let mut hooks = ();
                        let message = exchange.receive(&mut hooks)?;
                        let reply = __private::SentHandler::checked(
                                Self::__calcul_calculatrice_server_calculatrice_addition(
                                    self,
                                    call.to_request(message),
                                ),
                            )
                            .await
                            .map_err(|error: Status| <Status as __private::IntoStatus<
                                _,
                            >>::into_status(error))?;
                        exchange.reply(call, reply, &mut hooks)
                    }),
                );
                __private::Guarded::new(call, rest).await
            };
            exchange.end(call, result)
        })
    }
}
