#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    async fn __calculatrice_addition(
        &self,
        request: AdditionRequest,
        tenant: &TenantId,
    ) -> Result<AdditionResponse, CalcError> {
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
                        let _value = call.get::<&str>("request-id")?;
                        let value = call
                            .get::<TenantId>("x-tenant-id")
                            .map_err(|_| __private::Status::new(
                                __private::Code::PermissionDenied,
                                "no tenant",
                            ))?;
                        let tenant = &value;
                        let _ = tenant;
                        let _value = call
                            .get_bin::<__private::Bytes>("trace-bin")
                            .map_err(|_| __private::Status::new(
                                __private::Code::PermissionDenied,
                                "no tenant",
                            ))?;
                        let entry = quota(tenant);
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
                                            Self::__calculatrice_addition(self, message, tenant),
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
#[require_metadata]
const _: () = ();
#[interceptor]
const _: () = ();
