const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    const __0SERVICE: __runtime::Option<&__runtime::ServiceInfo> = {
        #[allow(unused_imports)]
        use __runtime::Undescribed as _;
        __runtime::DescriptionOf::<hello::greeter_server::GreeterServer<()>>::SERVICE
    };
    const __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_REPLIES: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "lots_of_replies",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __runtime::NamedService>::NAME,
                "LotsOfReplies",
                ServerStreaming,
            )
        }
    };
    const __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_GREETINGS: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "lots_of_greetings",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __runtime::NamedService>::NAME,
                "LotsOfGreetings",
                ClientStreaming,
            )
        }
    };
    const __0INFO_HELLO_GREETER_SERVER_GREETER_BIDI_HELLO: &__runtime::MethodInfo = match __runtime::described_method(
        __0SERVICE,
        "bidi_hello",
    ) {
        __runtime::Option::Some(described) => described,
        __runtime::Option::None => {
            __runtime::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __runtime::NamedService>::NAME,
                "BidiHello",
                Bidirectional,
            )
        }
    };
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    impl MyGreeter {
        async fn lots_of_replies_of_hello_greeter_server_greeter(
            &self,
            request: HelloRequest,
        ) -> Result<impl Stream<Item = Result<HelloResponse, GreetError>>, GreetError> {
            body(request)
        }
        async fn lots_of_greetings_of_hello_greeter_server_greeter(
            &self,
            requests: Streaming<HelloRequest>,
        ) -> Result<HelloResponse, Status> {
            body(requests)
        }
        async fn bidi_hello_of_hello_greeter_server_greeter(
            &self,
            requests: Streaming<HelloRequest>,
        ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
            body(requests)
        }
    }
    impl MyGreeter
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        fn __0chain_hello_greeter_server_greeter_lots_of_replies<'life0>(
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
            __runtime::with_entries(
                (__runtime::Clone::clone(&__type0), ()),
                async move {
                    let __hooks = &mut ();
                    use __runtime::AnyListed as _;
                    use __runtime::{AnyPhased as _, AnyRecorded as _};
                    let mut __held = __runtime::pin(__runtime::Option::None);
                    let mut __streamed = __runtime::pin(__runtime::Option::None);
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
                                            __runtime::SendHandler::checked(move || Self::lots_of_replies_of_hello_greeter_server_greeter(
                                                self,
                                                __message,
                                            )),
                                        ),
                                        __runtime::Pin::as_mut(&mut __streamed),
                                        |__response| __runtime::SendStream::checked(
                                            __runtime::Response::new(__response),
                                        ),
                                    )
                                    .await
                                    .map_err(|__error: GreetError| {
                                        use __runtime::ConvertReturned as _;
                                        (&&&__runtime::ReturnedError::of(&__error))
                                            .convert_returned_error(
                                                __error,
                                                |__error: GreetError| <GreetError as __runtime::IntoStatus<
                                                    _,
                                                >>::into_status(__error),
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
                                        |__error: GreetError| {
                                            use __runtime::ConvertReturned as _;
                                            (&&&__runtime::ReturnedError::of(&__error))
                                                .convert_returned_error(
                                                    __error,
                                                    |__error: GreetError| <GreetError as __runtime::IntoStatus<
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
                },
            )
        }
        fn __0chain_hello_greeter_server_greeter_lots_of_greetings<'life0>(
            &'life0 self,
            __call: &'life0 __runtime::Call,
            __exchange: &'life0 mut __runtime::ClientStreaming<
                HelloRequest,
                HelloResponse,
            >,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + 'life0 {
            async move {
                let __hooks = &mut ();
                use __runtime::AnyListed as _;
                let mut __held = __runtime::pin(__runtime::Option::None);
                let __entry = __runtime::MadeForEachCall::made(
                    __runtime::Listed(access_log()).vestibule_listed(),
                );
                let (__provided, __own) = __runtime::Interceptor::vestibule_begin(
                        &__entry,
                        __call,
                    )
                    .await?;
                let mut __level = __runtime::shared_level(
                    __call,
                    __runtime::erase_hooks::<
                        __runtime::Rpc<HelloRequest, HelloResponse>,
                        _,
                    >(__own),
                    __hooks,
                );
                let __result = {
                    let __hooks = &mut __level;
                    let __rest = __runtime::pin(
                        __runtime::Option::Some(async {
                            let __message = __exchange.receive(__call, __hooks)?;
                            let __handler = __runtime::pin(
                                __runtime::hold(
                                    __runtime::Pin::as_mut(&mut __held),
                                    __runtime::SendHandler::checked(move || Self::lots_of_greetings_of_hello_greeter_server_greeter(
                                        self,
                                        __runtime::Into::into(__message),
                                    )),
                                ),
                            );
                            let __response = __exchange
                                .until_rejected(__handler)
                                .await?
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
                            __exchange
                                .send_response(
                                    __call,
                                    __runtime::Response::new(__response),
                                    &mut (),
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
            }
        }
        fn __0chain_hello_greeter_server_greeter_bidi_hello<'life0>(
            &'life0 self,
            __call: &'life0 __runtime::Call,
            __exchange: &'life0 mut __runtime::Bidirectional<HelloRequest, HelloResponse>,
        ) -> impl __runtime::Future<
            Output = __runtime::Result<(), __runtime::Status>,
        > + __runtime::Send + 'life0 {
            async move {
                let __hooks = &mut ();
                use __runtime::AnyListed as _;
                let mut __held = __runtime::pin(__runtime::Option::None);
                let mut __streamed = __runtime::pin(__runtime::Option::None);
                let __entry = __runtime::MadeForEachCall::made(
                    __runtime::Listed(access_log()).vestibule_listed(),
                );
                let (__provided, __own) = __runtime::Interceptor::vestibule_begin(
                        &__entry,
                        __call,
                    )
                    .await?;
                let mut __level = __runtime::shared_level(
                    __call,
                    __runtime::erase_hooks::<
                        __runtime::Rpc<HelloRequest, HelloResponse>,
                        _,
                    >(__own),
                    __hooks,
                );
                let __result = {
                    let __hooks = &mut __level;
                    let __rest = __runtime::pin(
                        __runtime::Option::Some(async {
                            let __message = __exchange.receive(__call, __hooks)?;
                            let __handler = __runtime::pin(
                                __runtime::hold_stream(
                                    __runtime::hold(
                                        __runtime::Pin::as_mut(&mut __held),
                                        __runtime::SendHandler::checked(move || Self::bidi_hello_of_hello_greeter_server_greeter(
                                            self,
                                            __runtime::Into::into(__message),
                                        )),
                                    ),
                                    __runtime::Pin::as_mut(&mut __streamed),
                                    |__response| __runtime::SendStream::checked(
                                        __runtime::Response::new(__response),
                                    ),
                                ),
                            );
                            let __response = __exchange
                                .until_rejected(__handler)
                                .await?
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
                                    &mut (),
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
            }
        }
        fn __0call_hello_greeter_server_greeter_lots_of_replies(
            &self,
            mut __received: (
                __runtime::Call,
                __runtime::ServerStreaming<HelloRequest, HelloResponse>,
            ),
        ) -> __runtime::BoxResponseFuture<
            'static,
            __runtime::ResponseStream<HelloResponse>,
        > {
            let __service = <MyGreeter as __runtime::CloneService>::clone_service(self);
            let __sender = __received.1.response_sender();
            __runtime::Box::pin(
                __runtime::HeadersFuture::start(
                    __sender,
                    async move {
                        let (__call, __exchange) = &mut __received;
                        let __result = {
                            let __rest = __runtime::pin(
                                __runtime::Option::Some(
                                    Self::__0chain_hello_greeter_server_greeter_lots_of_replies(
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
        fn __0call_hello_greeter_server_greeter_bidi_hello(
            &self,
            mut __received: (
                __runtime::Call,
                __runtime::Bidirectional<HelloRequest, HelloResponse>,
            ),
        ) -> __runtime::BoxResponseFuture<
            'static,
            __runtime::ResponseStream<HelloResponse>,
        > {
            let __service = <MyGreeter as __runtime::CloneService>::clone_service(self);
            let __sender = __received.1.response_sender();
            __runtime::Box::pin(
                __runtime::HeadersFuture::start(
                    __sender,
                    async move {
                        let (__call, __exchange) = &mut __received;
                        let __result = {
                            let __rest = __runtime::pin(
                                __runtime::Option::Some(
                                    Self::__0chain_hello_greeter_server_greeter_bidi_hello(
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
    impl hello::greeter_server::Greeter for MyGreeter
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        type LotsOfRepliesStream = __runtime::ResponseStream<HelloResponse>;
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
            Self::__0call_hello_greeter_server_greeter_lots_of_replies(
                self,
                __runtime::Exchange::new(
                    __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_REPLIES,
                    __request,
                    __runtime::Option::None,
                ),
            )
        }
        fn lots_of_greetings<'life0, 'async_trait>(
            &'life0 self,
            __request: __runtime::Request<__runtime::Streaming<HelloRequest>>,
        ) -> __runtime::BoxResponseFuture<'async_trait, HelloResponse>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            let mut __received = __runtime::Exchange::new(
                __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_GREETINGS,
                __request,
                __runtime::Option::None,
            );
            __runtime::Box::pin(async move {
                let (__call, __exchange) = &mut __received;
                let __result = {
                    let __rest = __runtime::pin(
                        __runtime::Option::Some(
                            Self::__0chain_hello_greeter_server_greeter_lots_of_greetings(
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
        type BidiHelloStream = __runtime::ResponseStream<HelloResponse>;
        fn bidi_hello<'life0, 'async_trait>(
            &'life0 self,
            __request: __runtime::Request<__runtime::Streaming<HelloRequest>>,
        ) -> __runtime::BoxResponseFuture<
            'async_trait,
            __runtime::ResponseStream<HelloResponse>,
        >
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Self::__0call_hello_greeter_server_greeter_bidi_hello(
                self,
                __runtime::Exchange::new(
                    __0INFO_HELLO_GREETER_SERVER_GREETER_BIDI_HELLO,
                    __request,
                    __runtime::Option::None,
                ),
            )
        }
    }
    impl<AnyCodec> __runtime::Serve<hello::greeter_server::GreeterServer<()>, AnyCodec>
    for MyGreeter
    where
        for<'service> &'service Self: ::core::marker::Send,
        AnyCodec: __runtime::CodecFor<HelloRequest, HelloResponse>,
    {
        type Mount = __runtime::Mount<
            Self,
            hello::greeter_server::GreeterServer<()>,
            AnyCodec,
        >;
        const NAME: &'static str = <hello::greeter_server::GreeterServer<
            (),
        > as __runtime::NamedService>::NAME;
        const METHODS: &'static [(&'static __runtime::MethodInfo, &'static str)] = &[
            (__0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_REPLIES, "lots_of_replies"),
            (
                __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_GREETINGS,
                "lots_of_greetings",
            ),
            (__0INFO_HELLO_GREETER_SERVER_GREETER_BIDI_HELLO, "bidi_hello"),
        ];
        const TABLE: __runtime::ServiceTable = __runtime::ServiceTable {
            descriptor: __0SERVICE,
            demanded: &[],
            entries: &[
                (
                    "access_log()",
                    "",
                    __runtime::RowKind::Start,
                    __runtime::phases_of(
                        Self::__0chain_hello_greeter_server_greeter_lots_of_replies,
                        0usize,
                    ),
                ),
            ],
            rpcs: &[
                (
                    __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_REPLIES,
                    &[0usize],
                    &[],
                    &[],
                    &[],
                    {
                        #[allow(unused_imports)]
                        use __runtime::UnknownCodes as _;
                        __runtime::CodeSet::union(
                            &[
                                __runtime::CodesOf::<GreetError>::CODES,
                                __runtime::CodesOf::<GreetError>::CODES,
                            ],
                        )
                    },
                ),
                (
                    __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_GREETINGS,
                    &[0usize],
                    &[],
                    &[],
                    &[],
                    {
                        #[allow(unused_imports)]
                        use __runtime::UnknownCodes as _;
                        __runtime::CodeSet::union(&[__runtime::CodesOf::<Status>::CODES])
                    },
                ),
                (
                    __0INFO_HELLO_GREETER_SERVER_GREETER_BIDI_HELLO,
                    &[0usize],
                    &[],
                    &[],
                    &[],
                    {
                        #[allow(unused_imports)]
                        use __runtime::UnknownCodes as _;
                        __runtime::CodeSet::union(
                            &[
                                __runtime::CodesOf::<Status>::CODES,
                                __runtime::CodesOf::<Status>::CODES,
                            ],
                        )
                    },
                ),
            ],
        };
        fn lists() -> __runtime::Vec<__runtime::TypeId> {
            __runtime::entries_of(
                Self::__0chain_hello_greeter_server_greeter_lots_of_replies,
                &[0usize],
            )
        }
        type Tonic = hello::greeter_server::GreeterServer<Self>;
        fn tonic(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
        ) -> hello::greeter_server::GreeterServer<Self> {
            let mut __tonic = <hello::greeter_server::GreeterServer<
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
        ) -> __runtime::Mount<Self, hello::greeter_server::GreeterServer<()>, AnyCodec> {
            __runtime::Mount::with_codec(__service)
        }
        fn serve(
            __service: &__runtime::Arc<Self>,
            __settings: &__runtime::MountSettings,
            __request: __runtime::HttpRequest,
        ) -> __runtime::HttpResponseFuture {
            if __request.uri().path()
                == __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_REPLIES.path()
            {
                return __runtime::respond_with_stream::<
                    hello::greeter_server::GreeterServer<()>,
                    AnyCodec,
                    Self,
                    __runtime::Rpc<HelloRequest, HelloResponse>,
                    _,
                    _,
                >(
                    __service,
                    __settings,
                    __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_REPLIES,
                    __request,
                    |__service, __received| Self::__0call_hello_greeter_server_greeter_lots_of_replies(
                        __service,
                        __received,
                    ),
                );
            }
            if __request.uri().path()
                == __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_GREETINGS.path()
            {
                return __runtime::respond_once::<
                    hello::greeter_server::GreeterServer<()>,
                    AnyCodec,
                    Self,
                    __runtime::Rpc<HelloRequest, HelloResponse>,
                    _,
                >(
                    __service,
                    __settings,
                    __0INFO_HELLO_GREETER_SERVER_GREETER_LOTS_OF_GREETINGS,
                    __request,
                    |__service, __call, __exchange| __runtime::Box::pin(
                        Self::__0chain_hello_greeter_server_greeter_lots_of_greetings(
                            __service,
                            __call,
                            __exchange,
                        ),
                    ),
                );
            }
            if __request.uri().path()
                == __0INFO_HELLO_GREETER_SERVER_GREETER_BIDI_HELLO.path()
            {
                return __runtime::respond_with_stream::<
                    hello::greeter_server::GreeterServer<()>,
                    AnyCodec,
                    Self,
                    __runtime::Rpc<HelloRequest, HelloResponse>,
                    _,
                    _,
                >(
                    __service,
                    __settings,
                    __0INFO_HELLO_GREETER_SERVER_GREETER_BIDI_HELLO,
                    __request,
                    |__service, __received| Self::__0call_hello_greeter_server_greeter_bidi_hello(
                        __service,
                        __received,
                    ),
                );
            }
            __runtime::forward_to_tonic::<
                hello::greeter_server::GreeterServer<()>,
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
                __runtime::expected::<HelloRequest>().vestibule_found(),
            );
        }
    };
    const _: () = {
        #[allow(dead_code)]
        fn check() {
            use __runtime::AnyMessage as _;
            __runtime::single_message(
                __runtime::expected::<HelloResponse>().vestibule_found(),
            );
        }
    };
    const _: () = __runtime::report(
        &__runtime::missing_rpcs(
            __0SERVICE,
            &["lots_of_replies", "lots_of_greetings", "bidi_hello"],
            &[],
        ),
    );
};
