#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl<S> Calculator<S>
where
    S: Store,
{
    async fn __calculatrice_addition(
        self: Arc<Self>,
        request: AdditionRequest,
    ) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
impl<S> Calculatrice for Calculator<S>
where
    S: Store,
{
    fn addition<'async_trait>(
        self: Arc<Self>,
        request: __private::Request<AdditionRequest>,
    ) -> __private::BoxReply<'async_trait, AdditionResponse>
    where
        Self: 'async_trait,
    {
        __private::Box::pin(async move {
            let (call, mut exchange) = __private::Exchange::unary(
                __private::method_info(
                    <CalculatriceServer<
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
                        let entry = check(&self.store);
                        let (provided, hooks0) = __private::Interceptor::start(
                                &entry,
                                call,
                            )
                            .await?;
                        let mut hooks0 = __private::Call::keep::<
                            __private::Rpc<
                                AdditionRequest,
                                AdditionResponse,
                            >,
                            _,
                        >(call, hooks0);
                        let result = {
                            let rest = __private::pin(
                                __private::Option::Some(async {
                                    let mut hooks = (&mut hooks0, ());
                                    let message = exchange.receive(&mut hooks)?;
                                    let reply = __private::SentHandler::checked(
                                            Self::__calculatrice_addition(
                                                __private::Clone::clone(&self),
                                                message,
                                            ),
                                        )
                                        .await
                                        .map_err(|error: CalcError| <CalcError as __private::IntoStatus<
                                            _,
                                        >>::into_status(error))?;
                                    exchange
                                        .reply(
                                            call,
                                            __private::Response::new(reply),
                                            &mut hooks,
                                        )
                                }),
                            );
                            __private::Interceptor::around(
                                    &entry,
                                    call,
                                    &provided,
                                    __private::Guarded::new(call, rest),
                                )
                                .await
                        };
                        __private::Finishing::finish(hooks0, result)
                    }),
                );
                __private::Guarded::new(call, rest).await
            };
            exchange.end(call, result)
        })
    }
}
