const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    const __0SERVICE: __runtime::Option<&__runtime::ServiceInfo> = {
        #[allow(unused_imports)]
        use __runtime::Undescribed as _;
        __runtime::DescriptionOf::<
            calcul::calculatrice_server::CalculatriceServer<()>,
        >::SERVICE
    };
    const __0INFO_CALCUL_CALCULATRICE_SERVER_CALCULATRICE_ADDITION: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "addition",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <calcul::calculatrice_server::CalculatriceServer<
                    (),
                > as __runtime::NamedService>::NAME,
                "Addition",
                Unary,
            )
        }
    };
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    impl Calculator {
        async fn addition_of_calcul_calculatrice_server_calculatrice(
            &self,
            request: Request<AdditionRequest>,
        ) -> Result<Response<AdditionResponse>, Status> {
            body(request)
        }
    }
    impl Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        fn __0chain_calcul_calculatrice_server_calculatrice_addition<'life0>(
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
                        __runtime::SendHandler::checked(move || Self::addition_of_calcul_calculatrice_server_calculatrice(
                            self,
                            __call.to_request(__message),
                        )),
                    )
                    .await
                    .map_err(|__error: Status| {
                        use __runtime::ConvertReturned as _;
                        (&&&__runtime::ReturnedError::of(&__error))
                            .convert_returned_error(
                                __error,
                                |__error: Status| <Status as __runtime::IntoStatus<
                                    _,
                                >>::into_status(__error),
                            )
                    })?;
                __exchange.send_response(__call, __response, __hooks)
            }
        }
    }
    impl calcul::calculatrice_server::Calculatrice for Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        fn addition<'life0, 'async_trait>(
            &'life0 self,
            __request: __runtime::Request<AdditionRequest>,
        ) -> __runtime::BoxResponseFuture<'async_trait, AdditionResponse>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            let mut __received = __runtime::Exchange::new(
                __0INFO_CALCUL_CALCULATRICE_SERVER_CALCULATRICE_ADDITION,
                __request,
                __runtime::Option::None,
            );
            __runtime::Box::pin(async move {
                let (__call, __exchange) = &mut __received;
                let __result = {
                    let __rest = __runtime::pin(
                        __runtime::Option::Some(
                            Self::__0chain_calcul_calculatrice_server_calculatrice_addition(
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
    impl<
        AnyCodec,
    > __runtime::Serve<calcul::calculatrice_server::CalculatriceServer<()>, AnyCodec>
    for Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
        AnyCodec: __runtime::CodecFor<AdditionRequest, AdditionResponse>,
    {
        type Mount = __runtime::Mount<
            Self,
            calcul::calculatrice_server::CalculatriceServer<()>,
            AnyCodec,
        >;
        const NAME: &'static str = <calcul::calculatrice_server::CalculatriceServer<
            (),
        > as __runtime::NamedService>::NAME;
        const METHODS: &'static [(&'static __runtime::MethodInfo, &'static str)] = &[
            (__0INFO_CALCUL_CALCULATRICE_SERVER_CALCULATRICE_ADDITION, "addition"),
        ];
        const TABLE: __runtime::ServiceTable = __runtime::ServiceTable {
            descriptor: __0SERVICE,
            demanded: &[],
            entries: &[],
            rpcs: &[
                (
                    __0INFO_CALCUL_CALCULATRICE_SERVER_CALCULATRICE_ADDITION,
                    &[],
                    &[],
                    &[],
                    &[],
                    {
                        #[allow(unused_imports)]
                        use __runtime::UnknownCodes as _;
                        __runtime::CodeSet::union(&[__runtime::CodesOf::<Status>::CODES])
                    },
                ),
            ],
        };
        type Tonic = calcul::calculatrice_server::CalculatriceServer<Self>;
        fn tonic(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
        ) -> calcul::calculatrice_server::CalculatriceServer<Self> {
            let mut __tonic = <calcul::calculatrice_server::CalculatriceServer<
                Self,
            >>::from_arc(__runtime::Clone::clone(__service));
            for __value in &__settings.accepted {
                __tonic = __tonic.accept_compressed(*__value);
            }
            for __value in &__settings.sent {
                __tonic = __tonic.send_compressed(*__value);
            }
            if let __runtime::Option::Some(__value) = __settings
                .max_decoding_message_size
            {
                __tonic = __tonic.max_decoding_message_size(__value);
            }
            if let __runtime::Option::Some(__value) = __settings
                .max_encoding_message_size
            {
                __tonic = __tonic.max_encoding_message_size(__value);
            }
            __tonic
        }
        fn mount(
            __service: __runtime::Arc<Self>,
        ) -> __runtime::Mount<
            Self,
            calcul::calculatrice_server::CalculatriceServer<()>,
            AnyCodec,
        > {
            __runtime::Mount::with_codec(__service)
        }
        fn serve(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
            __request: __runtime::HttpRequest,
        ) -> __runtime::HttpResponseFuture {
            if __request.uri().path()
                == __0INFO_CALCUL_CALCULATRICE_SERVER_CALCULATRICE_ADDITION.path()
            {
                return __runtime::respond_once::<
                    calcul::calculatrice_server::CalculatriceServer<()>,
                    AnyCodec,
                    Self,
                    __runtime::Rpc<AdditionRequest, AdditionResponse>,
                    _,
                >(
                    __service,
                    __settings,
                    __0INFO_CALCUL_CALCULATRICE_SERVER_CALCULATRICE_ADDITION,
                    __request,
                    |__service, __call, __exchange| __runtime::Box::pin(
                        Self::__0chain_calcul_calculatrice_server_calculatrice_addition(
                            __service,
                            __call,
                            __exchange,
                        ),
                    ),
                );
            }
            __runtime::forward_to_tonic::<
                calcul::calculatrice_server::CalculatriceServer<()>,
                AnyCodec,
                Self,
            >(__service, __settings, __request)
        }
    }
    const _: () = {
        #[allow(dead_code)]
        fn check() {
            use __runtime::AnyMessage as _;
            __runtime::single_message(
                __runtime::expected::<AdditionRequest>().vestibule_found(),
            );
        }
    };
    const _: () = {
        #[allow(dead_code)]
        fn check() {
            use __runtime::AnyMessage as _;
            __runtime::single_message(
                __runtime::expected::<AdditionResponse>().vestibule_found(),
            );
        }
    };
    const _: () = __runtime::report(
        &__runtime::missing_rpcs(__0SERVICE, &["addition"], &[]),
    );
};
