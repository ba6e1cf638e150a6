const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    const __0SERVICE: __runtime::Option<&__runtime::ServiceInfo> = {
        #[allow(unused_imports)]
        use __runtime::Undescribed as _;
        __runtime::DescriptionOf::<GreeterServer<()>>::SERVICE
    };
    const __0INFO_GREETER_SAY_HELLO: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "say_hello",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <GreeterServer<()> as __runtime::NamedService>::NAME,
                "SayHello",
                Unary,
            )
        }
    };
    #[cfg(unix)]
    const __0INFO_GREETER_LOTS_OF_REPLIES: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "lots_of_replies",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <GreeterServer<()> as __runtime::NamedService>::NAME,
                "LotsOfReplies",
                ServerStreaming,
            )
        }
    };
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    trait __Handlers<T: Store> {
        async fn say_hello_of_greeter(
            &self,
            _: HelloRequest,
            #[cfg(unix)]
            _: &Caller,
            #[cfg(unix)]
            _: &str,
        ) -> EchoResult<HelloResponse>;
        #[cfg(unix)]
        async fn lots_of_replies_of_greeter(
            &self,
            _: HelloRequest,
        ) -> EchoResult<impl Stream<Item = Result<HelloResponse, Status>>>;
    }
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    impl<T: Store> __Handlers<T> for Arc<Named<T>> {
        async fn say_hello_of_greeter(
            &self,
            HelloRequest { name }: HelloRequest,
            #[cfg(unix)]
            caller: &Caller,
            #[cfg(unix)]
            tenant: &str,
        ) -> EchoResult<HelloResponse> {
            body()
        }
        #[cfg(unix)]
        async fn lots_of_replies_of_greeter(
            &self,
            request: HelloRequest,
        ) -> EchoResult<impl Stream<Item = Result<HelloResponse, Status>>> {
            body()
        }
    }
    trait __Chains<T: Store> {
        fn __0chain_greeter_say_hello<'life0>(
            &'life0 self,
            _: &'life0 __runtime::Call,
            _: &'life0 mut __runtime::Unary<HelloRequest, HelloResponse>,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + __runtime::KnownEntries + 'life0;
        #[cfg(unix)]
        fn __0chain_greeter_lots_of_replies<'life0>(
            &'life0 self,
            _: &'life0 __runtime::Call,
            _: &'life0 mut __runtime::ServerStreaming<HelloRequest, HelloResponse>,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + __runtime::KnownEntries + 'life0;
        #[cfg(unix)]
        fn __0call_greeter_lots_of_replies(
            &self,
            _: (__runtime::Call, __runtime::ServerStreaming<HelloRequest, HelloResponse>),
        ) -> __runtime::BoxResponseFuture<
            'static,
            __runtime::ResponseStream<HelloResponse>,
        >;
    }
    impl<T: Store> __Chains<T> for Arc<Named<T>>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        fn __0chain_greeter_say_hello<'life0>(
            &'life0 self,
            __call: &'life0 __runtime::Call,
            __exchange: &'life0 mut __runtime::Unary<HelloRequest, HelloResponse>,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + __runtime::KnownEntries + 'life0 {
            let __type0 = __runtime::EntryType::new();
            let __type1 = __runtime::EntryType::new();
            __runtime::phase::StandsBefore::check(
                __runtime::EntryType::phase(&__type0),
                __runtime::EntryType::phase(&__type1),
            );
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
                        __runtime::Listed(log(&self.name)).vestibule_listed(),
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
                        __runtime::Rpc<HelloRequest, HelloResponse>,
                        _,
                    >(__call, __own, __hooks);
                    let __result = {
                        let __hooks = __runtime::Level::hooks(&mut __level);
                        let __rest = __runtime::pin(
                            __runtime::Option::Some(async {
                                let __entry = __runtime::MadeForEachCall::made(
                                    __runtime::Listed(authenticate()).vestibule_listed(),
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
                                    __runtime::Rpc<HelloRequest, HelloResponse>,
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
                                            #[cfg(unix)]
                                            let __argument1 = __call.get::<&str>("x-tenant")?;
                                            __exchange.read_message(__call).await?;
                                            let __message = __exchange.receive(__call, __hooks)?;
                                            let __response = __runtime::hold(
                                                    __runtime::Pin::as_mut(&mut __held),
                                                    __runtime::SendHandler::checked(move || Self::say_hello_of_greeter(
                                                        self,
                                                        __message,
                                                        #[cfg(unix)]
                                                        caller,
                                                        #[cfg(unix)]
                                                        __argument1,
                                                    )),
                                                )
                                                .await
                                                .map_err(|__error| {
                                                    use __runtime::ConvertReturned as _;
                                                    (&&&__runtime::ReturnedError::of(&__error))
                                                        .convert_returned_error(
                                                            __error,
                                                            |__error| __runtime::IntoStatus::into_status(__error),
                                                        )
                                                })?;
                                            __exchange
                                                .send_response(
                                                    __call,
                                                    {
                                                        use __runtime::BareResponse as _;
                                                        __runtime::Returned(__response).into_response()
                                                    },
                                                    __hooks,
                                                )
                                        }),
                                    );
                                    let __rest = __runtime::rest_ref(__rest);
                                    __runtime::Interceptor::vestibule_guard::<
                                        __runtime::Rpc<HelloRequest, HelloResponse>,
                                    >(&__entry, __call, &__provided, __rest)
                                        .await
                                };
                                __runtime::Finish::finish(__level, __result)
                            }),
                        );
                        let __rest = __runtime::rest_ref(__rest);
                        __runtime::Interceptor::vestibule_guard::<
                            __runtime::Rpc<HelloRequest, HelloResponse>,
                        >(&__entry, __call, &__provided, __rest)
                            .await
                    };
                    __runtime::Finish::finish(__level, __result)
                },
            )
        }
        #[cfg(unix)]
        fn __0chain_greeter_lots_of_replies<'life0>(
            &'life0 self,
            __call: &'life0 __runtime::Call,
            __exchange: &'life0 mut __runtime::ServerStreaming<
                HelloRequest,
                HelloResponse,
            >,
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
                    use __runtime::{AnyPhased as _, AnyRecorded as _};
                    let mut __held = __runtime::pin(__runtime::Option::None);
                    let mut __streamed = __runtime::pin(__runtime::Option::None);
                    let __entry = __runtime::MadeForEachCall::made(
                        __runtime::Listed(log(&self.name)).vestibule_listed(),
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
                        __runtime::Rpc<HelloRequest, HelloResponse>,
                        _,
                    >(__call, __own, __hooks);
                    let __result = {
                        let __hooks = __runtime::Level::hooks(&mut __level);
                        let __rest = __runtime::pin(
                            __runtime::Option::Some(async {
                                let __entry = __runtime::MadeForEachCall::made(
                                    __runtime::Listed(authenticate()).vestibule_listed(),
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
                                    __runtime::Rpc<HelloRequest, HelloResponse>,
                                    _,
                                >(__call, __own, __hooks);
                                let __result = {
                                    let __hooks = __runtime::Level::hooks(&mut __level);
                                    let __rest = __runtime::pin(
                                        __runtime::Option::Some(async {
                                            __exchange.read_message(__call).await?;
                                            let __message = __exchange.receive(__call, __hooks)?;
                                            let __response = __runtime::hold_stream(
                                                    __runtime::hold(
                                                        __runtime::Pin::as_mut(&mut __held),
                                                        __runtime::SendHandler::checked(move || Self::lots_of_replies_of_greeter(
                                                            self,
                                                            __message,
                                                        )),
                                                    ),
                                                    __runtime::Pin::as_mut(&mut __streamed),
                                                    |__response| __runtime::SendStream::checked({
                                                        use __runtime::BareResponse as _;
                                                        __runtime::Returned(__response).into_response()
                                                    }),
                                                )
                                                .await
                                                .map_err(|__error| {
                                                    use __runtime::ConvertReturned as _;
                                                    (&&&__runtime::ReturnedError::of(&__error))
                                                        .convert_returned_error(
                                                            __error,
                                                            |__error| __runtime::IntoStatus::into_status(__error),
                                                        )
                                                })?;
                                            __exchange
                                                .send_stream(
                                                    __call,
                                                    __runtime::StreamingResponse::new(
                                                        __response,
                                                        |__polled, __context| {
                                                            __runtime::ResponseMessages::<
                                                                HelloResponse,
                                                                _,
                                                            >::poll_response(__runtime::Held::get(__polled), __context)
                                                        },
                                                    ),
                                                    __hooks,
                                                    |__error: Status| {
                                                        use __runtime::ConvertReturned as _;
                                                        (&&&__runtime::ReturnedError::of(&__error))
                                                            .convert_returned_error(
                                                                __error,
                                                                |__error: Status| <Status as __runtime::IntoStatus<
                                                                    _,
                                                                >>::into_status(__error),
                                                            )
                                                    },
                                                )
                                                .await
                                        }),
                                    );
                                    let __rest = __runtime::rest_ref(__rest);
                                    __runtime::Interceptor::vestibule_guard::<
                                        __runtime::Rpc<HelloRequest, HelloResponse>,
                                    >(&__entry, __call, &__provided, __rest)
                                        .await
                                };
                                __runtime::Finish::finish(__level, __result)
                            }),
                        );
                        let __rest = __runtime::rest_ref(__rest);
                        __runtime::Interceptor::vestibule_guard::<
                            __runtime::Rpc<HelloRequest, HelloResponse>,
                        >(&__entry, __call, &__provided, __rest)
                            .await
                    };
                    __runtime::Finish::finish(__level, __result)
                },
            )
        }
        #[cfg(unix)]
        fn __0call_greeter_lots_of_replies(
            &self,
            mut __received: (
                __runtime::Call,
                __runtime::ServerStreaming<HelloRequest, HelloResponse>,
            ),
        ) -> __runtime::BoxResponseFuture<
            'static,
            __runtime::ResponseStream<HelloResponse>,
        > {
            let __service = <Arc<
                Named<T>,
            > as __runtime::CloneService>::clone_service(self);
            let __sender = __received.1.response_sender();
            __runtime::Box::pin(
                __runtime::HeadersFuture::start(
                    __sender,
                    async move {
                        let (__call, __exchange) = &mut __received;
                        let __result = {
                            let __rest = __runtime::pin(
                                __runtime::Option::Some(
                                    Self::__0chain_greeter_lots_of_replies(
                                        &__service,
                                        __call,
                                        __exchange,
                                    ),
                                ),
                            );
                            __runtime::CallFuture::new(__call, __rest).await
                        };
                        __exchange.end(__call, __result)
                    },
                ),
            )
        }
    }
    impl<T: Store> Greeter for Arc<Named<T>>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        fn say_hello<'life0, 'async_trait>(
            &'life0 self,
            __request: __runtime::Request<HelloRequest>,
        ) -> __runtime::BoxResponseFuture<'async_trait, HelloResponse>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            const {
                let __LIST: &[__runtime::Written] = &[
                    (
                        "log(&self.name)",
                        __runtime::stated_phases_of(
                            Self::__0chain_greeter_say_hello,
                            0usize,
                        ),
                    ),
                    (
                        "caller = authenticate()",
                        __runtime::stated_phases_of(
                            Self::__0chain_greeter_say_hello,
                            1usize,
                        ),
                    ),
                ];
                __runtime::report(&__runtime::check_order(__LIST, 0usize));
                __runtime::report(&__runtime::check_order(__LIST, 1usize));
            };
            let mut __received = __runtime::Exchange::new(
                __0INFO_GREETER_SAY_HELLO,
                __request,
                __runtime::Option::None,
            );
            __runtime::Box::pin(async move {
                let (__call, __exchange) = &mut __received;
                let __result = {
                    let __rest = __runtime::pin(
                        __runtime::Option::Some(
                            Self::__0chain_greeter_say_hello(self, __call, __exchange),
                        ),
                    );
                    __runtime::CallFuture::new(__call, __rest).await
                };
                __exchange.end(__call, __result)
            })
        }
        #[cfg(unix)]
        type LotsOfRepliesStream = __runtime::ResponseStream<HelloResponse>;
        #[cfg(unix)]
        fn lots_of_replies<'life0, 'async_trait>(
            &'life0 self,
            __request: __runtime::Request<HelloRequest>,
        ) -> __runtime::BoxResponseFuture<
            'async_trait,
            __runtime::ResponseStream<HelloResponse>,
        >
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            const {
                let __LIST: &[__runtime::Written] = &[
                    (
                        "log(&self.name)",
                        __runtime::stated_phases_of(
                            Self::__0chain_greeter_lots_of_replies,
                            0usize,
                        ),
                    ),
                    (
                        "caller = authenticate()",
                        __runtime::stated_phases_of(
                            Self::__0chain_greeter_lots_of_replies,
                            1usize,
                        ),
                    ),
                ];
                __runtime::report(&__runtime::check_order(__LIST, 0usize));
                __runtime::report(&__runtime::check_order(__LIST, 1usize));
            };
            Self::__0call_greeter_lots_of_replies(
                self,
                __runtime::Exchange::new(
                    __0INFO_GREETER_LOTS_OF_REPLIES,
                    __request,
                    __runtime::Option::None,
                ),
            )
        }
    }
    impl<T: Store, AnyCodec> __runtime::Serve<GreeterServer<()>, AnyCodec>
    for Arc<Named<T>>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
        AnyCodec: __runtime::CodecFor<HelloRequest, HelloResponse>,
    {
        type Mount = __runtime::Mount<Self, GreeterServer<()>, AnyCodec>;
        const NAME: &'static str = <GreeterServer<()> as __runtime::NamedService>::NAME;
        const METHODS: &'static [(&'static __runtime::MethodInfo, &'static str)] = &[
            (__0INFO_GREETER_SAY_HELLO, "say_hello"),
            #[cfg(unix)]
            (__0INFO_GREETER_LOTS_OF_REPLIES, "lots_of_replies"),
        ];
        const TABLE: __runtime::ServiceTable = __runtime::ServiceTable {
            descriptor: __0SERVICE,
            demanded: &[],
            entries: &[
                (
                    "log(&self.name)",
                    "",
                    __runtime::RowKind::Start,
                    __runtime::phases_of(Self::__0chain_greeter_say_hello, 0usize),
                ),
                (
                    "authenticate()",
                    "caller",
                    __runtime::RowKind::Start,
                    __runtime::phases_of(Self::__0chain_greeter_say_hello, 1usize),
                ),
            ],
            rpcs: &[
                (
                    __0INFO_GREETER_SAY_HELLO,
                    &[0usize, 1usize],
                    &[],
                    &[],
                    &[#[cfg(unix)] "x-tenant"],
                    {
                        #[allow(unused_imports)]
                        use __runtime::UnknownCodes as _;
                        __runtime::CodeSet::union(
                            &[
                                __runtime::CodesOfResult::<EchoResult<HelloResponse>>::CODES,
                            ],
                        )
                    },
                ),
                #[cfg(unix)]
                (
                    __0INFO_GREETER_LOTS_OF_REPLIES,
                    &[0usize, 1usize],
                    &[],
                    &[],
                    &[],
                    __runtime::Option::None,
                ),
            ],
        };
        fn lists() -> __runtime::Vec<__runtime::TypeId> {
            __runtime::entries_of(Self::__0chain_greeter_say_hello, &[0usize, 1usize])
        }
        type Tonic = GreeterServer<Self>;
        fn tonic(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
        ) -> GreeterServer<Self> {
            let mut __tonic = <GreeterServer<
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
        ) -> __runtime::Mount<Self, GreeterServer<()>, AnyCodec> {
            __runtime::Mount::with_codec(__service)
        }
        fn serve(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
            __request: __runtime::HttpRequest,
        ) -> __runtime::HttpResponseFuture {
            if __request.uri().path() == __0INFO_GREETER_SAY_HELLO.path() {
                return __runtime::respond_once::<
                    GreeterServer<()>,
                    AnyCodec,
                    Self,
                    __runtime::Rpc<HelloRequest, HelloResponse>,
                    _,
                >(
                    __service,
                    __settings,
                    __0INFO_GREETER_SAY_HELLO,
                    __request,
                    |__service, __call, __exchange| __runtime::Box::pin(
                        Self::__0chain_greeter_say_hello(__service, __call, __exchange),
                    ),
                );
            }
            __runtime::forward_to_tonic::<
                GreeterServer<()>,
                AnyCodec,
                Self,
            >(__service, __settings, __request)
        }
    }
    const _: () = {
        #[allow(dead_code)]
        fn check<T: Store>() {
            <Arc<Named<T>> as __runtime::ServiceType>::check();
        }
    };
    const _: () = __runtime::report(
        &__runtime::missing_rpcs(
            __0SERVICE,
            &["say_hello", #[cfg(unix)] "lots_of_replies"],
            &[],
        ),
    );
};
