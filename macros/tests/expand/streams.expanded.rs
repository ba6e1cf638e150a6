#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl MyGreeter {
    async fn __hello_greeter_server_greeter_lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, GreetError>>, GreetError> {
        body(request)
    }
    async fn __hello_greeter_server_greeter_lots_of_greetings(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        body(requests)
    }
    async fn __hello_greeter_server_greeter_bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<ReceiverStream<Result<HelloResponse, Status>>, Status> {
        body(requests)
    }
    fn __hello_greeter_server_greeter_lots_of_replies_chain<'life0>(
        &'life0 self,
        call: &'life0 __private::Call,
        exchange: &'life0 mut __private::ServerStreaming<
            HelloRequest,
            HelloResponse,
        >,
    ) -> impl __private::Future<
        Output = __private::Result<(), __private::Status>,
    > + __private::Send + 'life0 {
        async move {
            let hooks = &mut ();
            let mut held = __private::pin(
                __private::Option::None,
            );
            let mut streamed = __private::pin(
                __private::Option::None,
            );
            let entry = access_log();
            let (provided, own) = __private::Interceptor::start(
                    &entry,
                    call,
                )
                .await?;
            let mut level = __private::Call::keep::<
                __private::Rpc<HelloRequest, HelloResponse>,
                _,
            >(call, own, hooks);
            let result = {
                let hooks = __private::Level::hooks(&mut level);
                let rest = __private::pin(
                    __private::Option::Some(async {
                        exchange.arrive(call).await?;
                        let message = exchange.receive(call, hooks)?;
                        let reply = __private::hold_stream(
                                __private::hold(
                                    __private::Pin::as_mut(&mut held),
                                    __private::SentHandler::checked(move || Self::__hello_greeter_server_greeter_lots_of_replies(
                                        self,
                                        message,
                                    )),
                                ),
                                __private::Pin::as_mut(&mut streamed),
                                |reply| __private::StreamedReply::checked(
                                    __private::Response::new(reply),
                                ),
                            )
                            .await
                            .map_err(|error: GreetError| <GreetError as __private::IntoStatus<
                                _,
                            >>::into_status(error))?;
                        exchange
                            .stream(
                                call,
                                reply,
                                hooks,
                                |error: GreetError| <GreetError as __private::IntoStatus<
                                    _,
                                >>::into_status(error),
                            )
                            .await
                    }),
                );
                __private::Interceptor::guard(&entry, call, &provided, rest)
                    .await
            };
            __private::Finishing::finish(level, result)
        }
    }
    fn __hello_greeter_server_greeter_lots_of_greetings_chain<'life0>(
        &'life0 self,
        call: &'life0 __private::Call,
        exchange: &'life0 mut __private::ClientStreaming<
            HelloRequest,
            HelloResponse,
        >,
    ) -> impl __private::Future<
        Output = __private::Result<(), __private::Status>,
    > + __private::Send + 'life0 {
        async move {
            let hooks = &mut ();
            let mut held = __private::pin(
                __private::Option::None,
            );
            let entry = access_log();
            let (provided, own) = __private::Interceptor::start(
                    &entry,
                    call,
                )
                .await?;
            let mut level = __private::Call::keep_to_lend(
                call,
                __private::Call::fit::<
                    __private::Rpc<HelloRequest, HelloResponse>,
                    _,
                >(own),
                hooks,
            );
            let result = {
                let hooks = &mut level;
                let rest = __private::pin(
                    __private::Option::Some(async {
                        let message = exchange.receive(call, hooks)?;
                        let handler = __private::pin(
                            __private::hold(
                                __private::Pin::as_mut(&mut held),
                                __private::SentHandler::checked(move || Self::__hello_greeter_server_greeter_lots_of_greetings(
                                    self,
                                    __private::Into::into(message),
                                )),
                            ),
                        );
                        let reply = exchange
                            .until_rejected(handler)
                            .await?
                            .map_err(|error: Status| <Status as __private::IntoStatus<
                                _,
                            >>::into_status(error))?;
                        exchange
                            .reply(
                                call,
                                __private::Response::new(reply),
                                &mut (),
                            )
                    }),
                );
                __private::Interceptor::guard(&entry, call, &provided, rest)
                    .await
            };
            __private::Finishing::finish(level, result)
        }
    }
    fn __hello_greeter_server_greeter_bidi_hello_chain<'life0>(
        &'life0 self,
        call: &'life0 __private::Call,
        exchange: &'life0 mut __private::Bidirectional<
            HelloRequest,
            HelloResponse,
        >,
    ) -> impl __private::Future<
        Output = __private::Result<(), __private::Status>,
    > + __private::Send + 'life0 {
        async move {
            let hooks = &mut ();
            let mut held = __private::pin(
                __private::Option::None,
            );
            let mut streamed = __private::pin(
                __private::Option::None,
            );
            let entry = access_log();
            let (provided, own) = __private::Interceptor::start(
                    &entry,
                    call,
                )
                .await?;
            let mut level = __private::Call::keep_to_lend(
                call,
                __private::Call::fit::<
                    __private::Rpc<HelloRequest, HelloResponse>,
                    _,
                >(own),
                hooks,
            );
            let result = {
                let hooks = &mut level;
                let rest = __private::pin(
                    __private::Option::Some(async {
                        let message = exchange.receive(call, hooks)?;
                        let handler = __private::pin(
                            __private::hold_stream(
                                __private::hold(
                                    __private::Pin::as_mut(&mut held),
                                    __private::SentHandler::checked(move || Self::__hello_greeter_server_greeter_bidi_hello(
                                        self,
                                        __private::Into::into(message),
                                    )),
                                ),
                                __private::Pin::as_mut(&mut streamed),
                                |reply| __private::StreamedReply::checked(
                                    __private::Response::new(reply),
                                ),
                            ),
                        );
                        let reply = exchange
                            .until_rejected(handler)
                            .await?
                            .map_err(|error: Status| <Status as __private::IntoStatus<
                                _,
                            >>::into_status(error))?;
                        exchange
                            .stream(
                                call,
                                reply,
                                &mut (),
                                |error: Status| <Status as __private::IntoStatus<
                                    _,
                                >>::into_status(error),
                            )
                            .await
                    }),
                );
                __private::Interceptor::guard(&entry, call, &provided, rest)
                    .await
            };
            __private::Finishing::finish(level, result)
        }
    }
    fn __hello_greeter_server_greeter_lots_of_replies_call(
        &self,
        mut received: (
            __private::Call,
            __private::ServerStreaming<HelloRequest, HelloResponse>,
        ),
    ) -> __private::BoxReply<
        'static,
        __private::ReplyStream<HelloResponse>,
    > {
        let service = <MyGreeter as __private::CloneService>::clone_service(
            self,
        );
        let outlet = received.1.outlet();
        __private::Box::pin(
            __private::Outlet::drive(
                outlet,
                async move {
                    let (call, exchange) = &mut received;
                    let result = {
                        let rest = __private::pin(
                            __private::Option::Some(
                                Self::__hello_greeter_server_greeter_lots_of_replies_chain(
                                    &service,
                                    call,
                                    exchange,
                                ),
                            ),
                        );
                        __private::Whole::new(call, rest).await
                    };
                    exchange.end(call, result)
                },
            ),
        )
    }
    fn __hello_greeter_server_greeter_bidi_hello_call(
        &self,
        mut received: (
            __private::Call,
            __private::Bidirectional<HelloRequest, HelloResponse>,
        ),
    ) -> __private::BoxReply<
        'static,
        __private::ReplyStream<HelloResponse>,
    > {
        let service = <MyGreeter as __private::CloneService>::clone_service(
            self,
        );
        let outlet = received.1.outlet();
        __private::Box::pin(
            __private::Outlet::drive(
                outlet,
                async move {
                    let (call, exchange) = &mut received;
                    let result = {
                        let rest = __private::pin(
                            __private::Option::Some(
                                Self::__hello_greeter_server_greeter_bidi_hello_chain(
                                    &service,
                                    call,
                                    exchange,
                                ),
                            ),
                        );
                        __private::Whole::new(call, rest).await
                    };
                    exchange.end(call, result)
                },
            ),
        )
    }
}
impl hello::greeter_server::Greeter for MyGreeter
where
    for<'service> &'service Self: __private::Send,
{
    type LotsOfRepliesStream = __private::ReplyStream<HelloResponse>;
    fn lots_of_replies<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<HelloRequest>,
    ) -> __private::BoxReply<
        'async_trait,
        __private::ReplyStream<HelloResponse>,
    >
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Self::__hello_greeter_server_greeter_lots_of_replies_call(
            self,
            __private::Exchange::new(
                __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "LotsOfReplies",
                    ServerStreaming,
                ),
                request,
                __private::Option::None,
            ),
        )
    }
    fn lots_of_greetings<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<
            __private::Streaming<HelloRequest>,
        >,
    ) -> __private::BoxReply<'async_trait, HelloResponse>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let mut received = __private::Exchange::new(
            __private::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __private::NamedService>::NAME,
                "LotsOfGreetings",
                ClientStreaming,
            ),
            request,
            __private::Option::None,
        );
        __private::Box::pin(async move {
            let (call, exchange) = &mut received;
            let result = {
                let rest = __private::pin(
                    __private::Option::Some(
                        Self::__hello_greeter_server_greeter_lots_of_greetings_chain(
                            self,
                            call,
                            exchange,
                        ),
                    ),
                );
                __private::Whole::new(call, rest).await
            };
            exchange.end(call, result)
        })
    }
    type BidiHelloStream = __private::ReplyStream<HelloResponse>;
    fn bidi_hello<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<
            __private::Streaming<HelloRequest>,
        >,
    ) -> __private::BoxReply<
        'async_trait,
        __private::ReplyStream<HelloResponse>,
    >
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Self::__hello_greeter_server_greeter_bidi_hello_call(
            self,
            __private::Exchange::new(
                __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "BidiHello",
                    Bidirectional,
                ),
                request,
                __private::Option::None,
            ),
        )
    }
}
impl<
    __Codec,
> __private::Serve<hello::greeter_server::GreeterServer<()>, __Codec>
for MyGreeter
where
    for<'service> &'service Self: __private::Send,
    __Codec: __private::CodecFor<HelloRequest, HelloResponse>,
{
    type Mount = __private::Mount<
        Self,
        hello::greeter_server::GreeterServer<()>,
        __Codec,
    >;
    const NAME: &'static str = <hello::greeter_server::GreeterServer<
        (),
    > as __private::NamedService>::NAME;
    const METHODS: &'static [(
        &'static __private::MethodInfo,
        &'static str,
    )] = &[
        (
            __private::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __private::NamedService>::NAME,
                "LotsOfReplies",
                ServerStreaming,
            ),
            "lots_of_replies",
        ),
        (
            __private::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __private::NamedService>::NAME,
                "LotsOfGreetings",
                ClientStreaming,
            ),
            "lots_of_greetings",
        ),
        (
            __private::method_info(
                <hello::greeter_server::GreeterServer<
                    (),
                > as __private::NamedService>::NAME,
                "BidiHello",
                Bidirectional,
            ),
            "bidi_hello",
        ),
    ];
    type Tonic = hello::greeter_server::GreeterServer<Self>;
    fn tonic(
        service: &__private::Arc<Self>,
        settings: &__private::Settings,
    ) -> hello::greeter_server::GreeterServer<Self> {
        let mut tonic = <hello::greeter_server::GreeterServer<
            Self,
        >>::from_arc(__private::Clone::clone(service));
        for value in &settings.accepted {
            tonic = tonic.accept_compressed(*value);
        }
        for value in &settings.sent {
            tonic = tonic.send_compressed(*value);
        }
        if let __private::Option::Some(value) = settings
            .max_decoding_message_size
        {
            tonic = tonic.max_decoding_message_size(value);
        }
        if let __private::Option::Some(value) = settings
            .max_encoding_message_size
        {
            tonic = tonic.max_encoding_message_size(value);
        }
        tonic
    }
    fn mount(
        mount: __private::Mount<
            Self,
            hello::greeter_server::GreeterServer<()>,
            __Codec,
        >,
    ) -> __private::Mount<
        Self,
        hello::greeter_server::GreeterServer<()>,
        __Codec,
    > {
        mount
    }
    fn serve(
        service: &__private::Arc<Self>,
        settings: &__private::Settings,
        request: __private::HttpRequest,
    ) -> __private::Answer {
        if request.uri().path()
            == __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "LotsOfReplies",
                    ServerStreaming,
                )
                .path()
        {
            return __private::stream::<
                hello::greeter_server::GreeterServer<()>,
                __Codec,
                Self,
                __private::Rpc<HelloRequest, HelloResponse>,
                _,
                _,
            >(
                service,
                settings,
                __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "LotsOfReplies",
                    ServerStreaming,
                ),
                request,
                |service, received| Self::__hello_greeter_server_greeter_lots_of_replies_call(
                    service,
                    received,
                ),
            );
        }
        if request.uri().path()
            == __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "LotsOfGreetings",
                    ClientStreaming,
                )
                .path()
        {
            return __private::single::<
                hello::greeter_server::GreeterServer<()>,
                __Codec,
                Self,
                __private::Rpc<HelloRequest, HelloResponse>,
                _,
            >(
                service,
                settings,
                __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "LotsOfGreetings",
                    ClientStreaming,
                ),
                request,
                |service, call, exchange| __private::Box::pin(
                    Self::__hello_greeter_server_greeter_lots_of_greetings_chain(
                        service,
                        call,
                        exchange,
                    ),
                ),
            );
        }
        if request.uri().path()
            == __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "BidiHello",
                    Bidirectional,
                )
                .path()
        {
            return __private::stream::<
                hello::greeter_server::GreeterServer<()>,
                __Codec,
                Self,
                __private::Rpc<HelloRequest, HelloResponse>,
                _,
                _,
            >(
                service,
                settings,
                __private::method_info(
                    <hello::greeter_server::GreeterServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "BidiHello",
                    Bidirectional,
                ),
                request,
                |service, received| Self::__hello_greeter_server_greeter_bidi_hello_call(
                    service,
                    received,
                ),
            );
        }
        __private::other::<
            hello::greeter_server::GreeterServer<()>,
            __Codec,
            Self,
        >(service, settings, request)
    }
}
