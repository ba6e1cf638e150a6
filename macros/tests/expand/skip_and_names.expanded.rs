const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    #[cfg(feature = "addition")]
    const __0INFO_CALCULATRICE_ADDITION: &__runtime::MethodInfo = __runtime::method_info(
        "calcul.v2.Calculatrice",
        "ADD",
        Unary,
    );
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    impl Calculator {
        #[cfg(feature = "addition")]
        #[tracing::instrument(name = "addition")]
        async fn addition_of_calculatrice(
            &self,
            request: AdditionRequest,
        ) -> Result<AdditionResponse, CalcError> {
            body()
        }
    }
    impl Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        #[cfg(feature = "addition")]
        fn __0chain_calculatrice_addition<'life0>(
            &'life0 self,
            __call: &'life0 __runtime::Call,
            __exchange: &'life0 mut __runtime::Unary<AdditionRequest, AdditionResponse>,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + 'life0 {
            async move {
                let __hooks = &mut ();
                let mut __held = __runtime::pin(__runtime::Option::None);
                __exchange.read_message(__call).await?;
                let __message = __exchange.receive(__call, __hooks)?;
                let __response = __runtime::hold(
                        __runtime::Pin::as_mut(&mut __held),
                        __runtime::SendHandler::checked(move || Self::addition_of_calculatrice(
                            self,
                            __message,
                        )),
                    )
                    .await
                    .map_err(|__error: CalcError| {
                        use __runtime::ConvertReturned as _;
                        (&&&__runtime::ReturnedError::of(&__error))
                            .convert_returned_error(
                                __error,
                                |__error: CalcError| <CalcError as __runtime::IntoStatus<
                                    _,
                                >>::into_status(__error),
                            )
                    })?;
                __exchange
                    .send_response(__call, __runtime::Response::new(__response), __hooks)
            }
        }
    }
    impl Calculatrice for Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        #[cfg(feature = "addition")]
        fn addition<'life0, 'async_trait>(
            &'life0 self,
            __request: __runtime::Request<AdditionRequest>,
        ) -> __runtime::BoxResponseFuture<'async_trait, AdditionResponse>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            let mut __received = __runtime::Exchange::new(
                __0INFO_CALCULATRICE_ADDITION,
                __request,
                __runtime::Option::None,
            );
            __runtime::Box::pin(async move {
                let (__call, __exchange) = &mut __received;
                let __result = {
                    let __rest = __runtime::pin(
                        __runtime::Option::Some(
                            Self::__0chain_calculatrice_addition(
                                self,
                                __call,
                                __exchange,
                            ),
                        ),
                    );
                    __runtime::CallFuture::new(__call, __rest).await
                };
                __exchange.end(__call, __result)
            })
        }
    }
    #[cfg(feature = "addition")]
    const _: () = {
        #[allow(dead_code)]
        fn check() {
            use __runtime::AnyMessage as _;
            __runtime::single_message(
                __runtime::expected::<AdditionRequest>().vestibule_found(),
            );
        }
    };
    #[cfg(feature = "addition")]
    const _: () = {
        #[allow(dead_code)]
        fn check() {
            use __runtime::AnyMessage as _;
            __runtime::single_message(
                __runtime::expected::<AdditionResponse>().vestibule_found(),
            );
        }
    };
};
