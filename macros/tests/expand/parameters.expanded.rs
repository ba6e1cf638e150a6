#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    async fn __calculatrice_addition(
        &self,
        AdditionRequest { nombre1, nombre2 }: AdditionRequest,
        caller: &Caller,
        locale: Option<Locale>,
        Protobuf(trace): Protobuf<Trace>,
        peer: RemoteAddr,
        call: &Call,
    ) -> tonic::Result<AdditionResponse> {
        body()
    }
}
impl Calculatrice for Calculator {
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
                        let entry = authenticate();
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
                            let caller = &provided;
                            let _ = caller;
                            let rest = __private::pin(
                                __private::Option::Some(async {
                                    let argument1 = call.get::<Option<Locale>>("locale")?;
                                    let argument2 = call
                                        .get_bin::<Protobuf<Trace>>("trace-bin")?;
                                    let argument3 = call.extract::<RemoteAddr>()?;
                                    let mut hooks = (&mut hooks0, ());
                                    let message = exchange.receive(&mut hooks)?;
                                    let reply = __private::SentHandler::checked(
                                            Self::__calculatrice_addition(
                                                self,
                                                message,
                                                caller,
                                                argument1,
                                                argument2,
                                                argument3,
                                                call,
                                            ),
                                        )
                                        .await
                                        .map_err(|error| __private::IntoStatus::into_status(
                                            error,
                                        ))?;
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
