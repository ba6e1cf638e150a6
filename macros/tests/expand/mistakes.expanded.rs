#[allow(dead_code)]
#[allow(clippy::too_many_arguments, clippy::unused_async)]
impl Calculator {
    async fn __calculatrice_addition(
        &self,
        request: AdditionRequest,
        caler: &Caller,
    ) -> Result<AdditionResponse, CalcError> {
        body()
    }
}
impl Calculatrice for Calculator
where
    for<'service> &'service Self: __private::Send,
{
    fn addition<'life0, 'async_trait>(
        &'life0 self,
        __request: __private::Request<AdditionRequest>,
    ) -> __private::BoxReply<'async_trait, AdditionResponse>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        ::core::unreachable()
    }
}
impl<__Codec> __private::Serve<CalculatriceServer<()>, __Codec>
for Calculator
where
    for<'service> &'service Self: __private::Send,
{
    type Mount = __private::Mount<Self, CalculatriceServer<()>, __Codec>;
    type Tonic = __private::StandIn<()>;
    const NAME: &'static str = "";
    const METHODS: &'static [(
        &'static __private::MethodInfo,
        &'static str,
    )] = &[];
    fn tonic(
        _: &__private::Arc<Self>,
        _: &__private::Settings,
    ) -> Self::Tonic {
        ::core::unreachable()
    }
    fn mount(
        _: __private::Mount<Self, CalculatriceServer<()>, __Codec>,
    ) -> __private::Mount<Self, CalculatriceServer<()>, __Codec> {
        ::core::unreachable()
    }
    fn serve(
        _: &__private::Arc<Self>,
        _: &__private::Settings,
        _: __private::HttpRequest,
    ) -> __private::Answer {
        ::core::unreachable()
    }
}
::core::compile_error! {
    "nothing provides `caler`; did you mean `caller`?"
}
