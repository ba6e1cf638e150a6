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
    fn __calculatrice_addition_chain<'life0>(
        &'life0 self,
        call: &'life0 __private::Call,
        exchange: &'life0 mut __private::Unary<
            AdditionRequest,
            AdditionResponse,
        >,
    ) -> impl __private::Future<
        Output = __private::Result<(), __private::Status>,
    > + __private::Send + 'life0 {
        async move {
            let hooks = &mut ();
            let place_of_caller = &mut __private::Option::None;
            let mut held = __private::pin(
                __private::Option::None,
            );
            let entry = authenticate();
            let (provided, own) = __private::Interceptor::start(
                    &entry,
                    call,
                )
                .await?;
            let mut level = __private::Call::keep::<
                __private::Rpc<AdditionRequest, AdditionResponse>,
                _,
            >(call, own, hooks);
            let result = {
                let hooks = __private::Level::hooks(&mut level);
                let caller = &*__private::Option::insert(
                    { place_of_caller },
                    provided,
                );
                let _ = caller;
                let rest = __private::pin(
                    __private::Option::Some(async {
                        let argument1 = call.get::<Option<Locale>>("locale")?;
                        let argument2 = call.get_bin::<Protobuf<Trace>>("trace-bin")?;
                        let argument3 = call.extract::<RemoteAddr>()?;
                        exchange.arrive(call).await?;
                        let message = exchange.receive(call, hooks)?;
                        let reply = __private::hold(
                                __private::Pin::as_mut(&mut held),
                                __private::SentHandler::checked(move || Self::__calculatrice_addition(
                                    self,
                                    message,
                                    caller,
                                    argument1,
                                    argument2,
                                    argument3,
                                    call,
                                )),
                            )
                            .await
                            .map_err(|error| __private::IntoStatus::into_status(
                                error,
                            ))?;
                        exchange
                            .reply(
                                call,
                                __private::Response::new(reply),
                                hooks,
                            )
                    }),
                );
                __private::Interceptor::guard(&entry, call, caller, rest)
                    .await
            };
            __private::Finishing::finish(level, result)
        }
    }
}
impl Calculatrice for Calculator
where
    for<'service> &'service Self: __private::Send,
{
    fn addition<'life0, 'async_trait>(
        &'life0 self,
        request: __private::Request<AdditionRequest>,
    ) -> __private::BoxReply<'async_trait, AdditionResponse>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let mut received = __private::Exchange::new(
            __private::method_info(
                <CalculatriceServer<()> as __private::NamedService>::NAME,
                "Addition",
                Unary,
            ),
            request,
            __private::Option::None,
        );
        __private::Box::pin(async move {
            let (call, exchange) = &mut received;
            let result = {
                let rest = __private::pin(
                    __private::Option::Some(
                        Self::__calculatrice_addition_chain(self, call, exchange),
                    ),
                );
                __private::Whole::new(call, rest).await
            };
            exchange.end(call, result)
        })
    }
}
impl<__Codec> __private::Serve<CalculatriceServer<()>, __Codec>
for Calculator
where
    for<'service> &'service Self: __private::Send,
    __Codec: __private::CodecFor<AdditionRequest, AdditionResponse>,
{
    type Mount = __private::Mount<Self, CalculatriceServer<()>, __Codec>;
    const NAME: &'static str = <CalculatriceServer<
        (),
    > as __private::NamedService>::NAME;
    const METHODS: &'static [(
        &'static __private::MethodInfo,
        &'static str,
    )] = &[
        (
            __private::method_info(
                <CalculatriceServer<()> as __private::NamedService>::NAME,
                "Addition",
                Unary,
            ),
            "addition",
        ),
    ];
    type Tonic = CalculatriceServer<Self>;
    fn tonic(
        service: &__private::Arc<Self>,
        settings: &__private::Settings,
    ) -> CalculatriceServer<Self> {
        let mut tonic = <CalculatriceServer<
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
        mount: __private::Mount<Self, CalculatriceServer<()>, __Codec>,
    ) -> __private::Mount<Self, CalculatriceServer<()>, __Codec> {
        mount
    }
    fn serve(
        service: &__private::Arc<Self>,
        settings: &__private::Settings,
        request: __private::HttpRequest,
    ) -> __private::Answer {
        if request.uri().path()
            == __private::method_info(
                    <CalculatriceServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "Addition",
                    Unary,
                )
                .path()
        {
            return __private::single::<
                CalculatriceServer<()>,
                __Codec,
                Self,
                __private::Rpc<AdditionRequest, AdditionResponse>,
                _,
            >(
                service,
                settings,
                __private::method_info(
                    <CalculatriceServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "Addition",
                    Unary,
                ),
                request,
                |service, call, exchange| __private::Box::pin(
                    Self::__calculatrice_addition_chain(service, call, exchange),
                ),
            );
        }
        __private::other::<
            CalculatriceServer<()>,
            __Codec,
            Self,
        >(service, settings, request)
    }
}
