const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    const __0SERVICE: __runtime::Option<&__runtime::ServiceInfo> = {
        #[allow(unused_imports)]
        use __runtime::Undescribed as _;
        __runtime::DescriptionOf::<CalculatriceServer<()>>::SERVICE
    };
    const __0INFO_CALCULATRICE_ADDITION: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "addition",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <CalculatriceServer<()> as __runtime::NamedService>::NAME,
                "Addition",
                Unary,
            )
        }
    };
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    impl Calculator {
        async fn addition_of_calculatrice(
            &self,
            request: AdditionRequest,
            caller: &Caller,
        ) -> Result<AdditionResponse, CalcError> {
            body(request, caller)
        }
    }
    impl Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        fn __0chain_calculatrice_addition<'life0>(
            &'life0 self,
            __call: &'life0 __runtime::Call,
            __exchange: &'life0 mut __runtime::Unary<AdditionRequest, AdditionResponse>,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + __runtime::KnownEntries + 'life0 {
            let __type0 = __runtime::EntryType::new();
            let __type1 = __runtime::EntryType::new();
            __runtime::with_entries(
                (
                    __runtime::Clone::clone(&__type0),
                    (__runtime::Clone::clone(&__type1), ()),
                ),
                async move {
                    let __hooks = &mut ();
                    use __runtime::AnyListed as _;
                    use __runtime::AnyValue as _;
                    use __runtime::{AnyPhased as _, AnyRecorded as _};
                    let __entry = __runtime::MadeForEachCall::made(
                        __runtime::Listed(access_log()).vestibule_listed(),
                    );
                    let (__provided, __own) = __runtime::Interceptor::vestibule_begin(
                            &__entry,
                            __call,
                        )
                        .await?;
                    __runtime::Recorded(
                            &__own,
                            __runtime::Phased(&__entry).vestibule_phase(),
                        )
                        .vestibule_record(__type0);
                    let mut __level = __runtime::level::<
                        __runtime::Rpc<AdditionRequest, AdditionResponse>,
                        _,
                    >(__call, __own, __hooks);
                    let __result = {
                        let __hooks = __runtime::Level::hooks(&mut __level);
                        let __rest = __runtime::pin(
                            __runtime::Option::Some(async {
                                let __entry = __runtime::MadeForEachCall::made(
                                    __runtime::Listed(authenticate(&self.tokens))
                                        .vestibule_listed(),
                                );
                                let (__provided, __own) = __runtime::Interceptor::vestibule_begin(
                                        &__entry,
                                        __call,
                                    )
                                    .await?;
                                __runtime::Recorded(
                                        &__own,
                                        __runtime::Phased(&__entry).vestibule_phase(),
                                    )
                                    .vestibule_record(__type1);
                                let mut __level = __runtime::level::<
                                    __runtime::Rpc<AdditionRequest, AdditionResponse>,
                                    _,
                                >(__call, __own, __hooks);
                                let __result = {
                                    let __hooks = __runtime::Level::hooks(&mut __level);
                                    let mut __held = __runtime::pin(__runtime::Option::None);
                                    let __rest = __runtime::pin(
                                        __runtime::Option::Some(async {
                                            let caller = __runtime::Value(&__provided)
                                                .vestibule_value();
                                            let _ = caller;
                                            __exchange.read_message(__call).await?;
                                            let __message = __exchange.receive(__call, __hooks)?;
                                            let __response = __runtime::hold(
                                                    __runtime::Pin::as_mut(&mut __held),
                                                    __runtime::SendHandler::checked(move || Self::addition_of_calculatrice(
                                                        self,
                                                        __message,
                                                        caller,
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
                                                .send_response(
                                                    __call,
                                                    __runtime::Response::new(__response),
                                                    __hooks,
                                                )
                                        }),
                                    );
                                    let __rest = __runtime::rest_ref(__rest);
                                    __runtime::Interceptor::vestibule_guard::<
                                        __runtime::Rpc<AdditionRequest, AdditionResponse>,
                                    >(&__entry, __call, &__provided, __rest)
                                        .await
                                };
                                __runtime::Finish::finish(__level, __result)
                            }),
                        );
                        let __rest = __runtime::rest_ref(__rest);
                        __runtime::Interceptor::vestibule_guard::<
                            __runtime::Rpc<AdditionRequest, AdditionResponse>,
                        >(&__entry, __call, &__provided, __rest)
                            .await
                    };
                    __runtime::Finish::finish(__level, __result)
                },
            )
        }
    }
    impl Calculatrice for Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        /// Adds.
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
    impl<AnyCodec> __runtime::Serve<CalculatriceServer<()>, AnyCodec> for Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
        AnyCodec: __runtime::CodecFor<AdditionRequest, AdditionResponse>,
    {
        type Mount = __runtime::Mount<Self, CalculatriceServer<()>, AnyCodec>;
        const NAME: &'static str = <CalculatriceServer<
            (),
        > as __runtime::NamedService>::NAME;
        const METHODS: &'static [(&'static __runtime::MethodInfo, &'static str)] = &[
            (__0INFO_CALCULATRICE_ADDITION, "addition"),
        ];
        const TABLE: __runtime::ServiceTable = __runtime::ServiceTable {
            descriptor: __0SERVICE,
            demanded: &[],
            entries: &[
                (
                    "access_log()",
                    "",
                    __runtime::RowKind::Start,
                    __runtime::phases_of(Self::__0chain_calculatrice_addition, 0usize),
                ),
                (
                    "authenticate(&self.tokens)",
                    "caller",
                    __runtime::RowKind::Start,
                    __runtime::phases_of(Self::__0chain_calculatrice_addition, 1usize),
                ),
            ],
            rpcs: &[
                (
                    __0INFO_CALCULATRICE_ADDITION,
                    &[0usize, 1usize],
                    &[],
                    &[],
                    &[],
                    {
                        #[allow(unused_imports)]
                        use __runtime::UnknownCodes as _;
                        __runtime::CodeSet::union(
                            &[__runtime::CodesOf::<CalcError>::CODES],
                        )
                    },
                ),
            ],
        };
        fn lists() -> __runtime::Vec<__runtime::TypeId> {
            __runtime::entries_of(
                Self::__0chain_calculatrice_addition,
                &[0usize, 1usize],
            )
        }
        type Tonic = CalculatriceServer<Self>;
        fn tonic(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
        ) -> CalculatriceServer<Self> {
            let mut __tonic = <CalculatriceServer<
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
        ) -> __runtime::Mount<Self, CalculatriceServer<()>, AnyCodec> {
            __runtime::Mount::with_codec(__service)
        }
        fn serve(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
            __request: __runtime::HttpRequest,
        ) -> __runtime::HttpResponseFuture {
            if __request.uri().path() == __0INFO_CALCULATRICE_ADDITION.path() {
                return __runtime::respond_once::<
                    CalculatriceServer<()>,
                    AnyCodec,
                    Self,
                    __runtime::Rpc<AdditionRequest, AdditionResponse>,
                    _,
                >(
                    __service,
                    __settings,
                    __0INFO_CALCULATRICE_ADDITION,
                    __request,
                    |__service, __call, __exchange| __runtime::Box::pin(
                        Self::__0chain_calculatrice_addition(
                            __service,
                            __call,
                            __exchange,
                        ),
                    ),
                );
            }
            __runtime::forward_to_tonic::<
                CalculatriceServer<()>,
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
    const _: () = {
        const __LIST: &[__runtime::Written] = &[
            (
                "access_log()",
                __runtime::phases_of(
                    <Calculator>::__0chain_calculatrice_addition,
                    0usize,
                ),
            ),
            (
                "caller = authenticate(&self.tokens)",
                __runtime::phases_of(
                    <Calculator>::__0chain_calculatrice_addition,
                    1usize,
                ),
            ),
        ];
        const _: () = __runtime::report(&__runtime::check_order(__LIST, 0usize));
        const _: () = __runtime::report(&__runtime::check_order(__LIST, 1usize));
    };
};
