#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    async fn __calcul_calculatrice_server_calculatrice_addition(
        &self,
        request: Request<AdditionRequest>,
    ) -> Result<Response<AdditionResponse>, Status> {
        body(request)
    }
    fn __calcul_calculatrice_server_calculatrice_addition_chain<'life0>(
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
            let mut held = __private::pin(
                __private::Option::None,
            );
            exchange.arrive().await?;
            let message = exchange.receive(call, hooks)?;
            let reply = __private::hold(
                    __private::Pin::as_mut(&mut held),
                    __private::SentHandler::checked(move || Self::__calcul_calculatrice_server_calculatrice_addition(
                        self,
                        call.to_request(message),
                    )),
                )
                .await
                .map_err(|error: Status| <Status as __private::IntoStatus<
                    _,
                >>::into_status(error))?;
            exchange.reply(call, reply, hooks)
        }
    }
}
impl calcul::calculatrice_server::Calculatrice for Calculator
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
                <calcul::calculatrice_server::CalculatriceServer<
                    (),
                > as __private::NamedService>::NAME,
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
                        Self::__calcul_calculatrice_server_calculatrice_addition_chain(
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
}
impl<
    __Codec,
> __private::Serve<
    calcul::calculatrice_server::CalculatriceServer<()>,
    __Codec,
> for Calculator
where
    for<'service> &'service Self: __private::Send,
    __Codec: __private::CodecFor<AdditionRequest, AdditionResponse>,
{
    type Mount = __private::Mount<
        Self,
        calcul::calculatrice_server::CalculatriceServer<()>,
        __Codec,
    >;
    const NAME: &'static str = <calcul::calculatrice_server::CalculatriceServer<
        (),
    > as __private::NamedService>::NAME;
    const METHODS: &'static [(
        &'static __private::MethodInfo,
        &'static str,
    )] = &[
        (
            __private::method_info(
                <calcul::calculatrice_server::CalculatriceServer<
                    (),
                > as __private::NamedService>::NAME,
                "Addition",
                Unary,
            ),
            "addition",
        ),
    ];
    type Tonic = calcul::calculatrice_server::CalculatriceServer<Self>;
    fn tonic(
        service: &__private::Arc<Self>,
        settings: &__private::Settings,
    ) -> calcul::calculatrice_server::CalculatriceServer<Self> {
        let mut tonic = <calcul::calculatrice_server::CalculatriceServer<
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
            calcul::calculatrice_server::CalculatriceServer<()>,
            __Codec,
        >,
    ) -> __private::Mount<
        Self,
        calcul::calculatrice_server::CalculatriceServer<()>,
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
                    <calcul::calculatrice_server::CalculatriceServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "Addition",
                    Unary,
                )
                .path()
        {
            return __private::single::<
                calcul::calculatrice_server::CalculatriceServer<()>,
                __Codec,
                Self,
                __private::Rpc<AdditionRequest, AdditionResponse>,
                _,
            >(
                service,
                settings,
                __private::method_info(
                    <calcul::calculatrice_server::CalculatriceServer<
                        (),
                    > as __private::NamedService>::NAME,
                    "Addition",
                    Unary,
                ),
                request,
                |service, call, exchange| __private::Box::pin(
                    Self::__calcul_calculatrice_server_calculatrice_addition_chain(
                        service,
                        call,
                        exchange,
                    ),
                ),
            );
        }
        __private::other::<
            calcul::calculatrice_server::CalculatriceServer<()>,
            __Codec,
            Self,
        >(service, settings, request)
    }
}
