const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    #[allow(unused)]
    #[allow(clippy::too_many_arguments, clippy::unused_async)]
    impl Calculator {
        async fn addition_of_calculatrice(
            &self,
            request: AdditionRequest,
            caler: &Caller,
        ) -> Result<AdditionResponse, CalcError> {
            body()
        }
    }
    impl Calculatrice for Calculator
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
            ::core::unreachable()
        }
    }
    impl<AnyCodec> __runtime::Serve<CalculatriceServer<()>, AnyCodec> for Calculator
    where
        for<'service> &'service Self: ::core::marker::Send,
    {
        type Mount = __runtime::Mount<Self, CalculatriceServer<()>, AnyCodec>;
        type Tonic = __runtime::Placeholder<()>;
        const NAME: &'static str = "";
        const METHODS: &'static [(&'static __runtime::MethodInfo, &'static str)] = &[];
        fn tonic(_: &__runtime::Arc<Self>, _: &__runtime::MountSettings) -> Self::Tonic {
            ::core::unreachable()
        }
        fn mount(
            _: __runtime::Arc<Self>,
        ) -> __runtime::Mount<Self, CalculatriceServer<()>, AnyCodec> {
            ::core::unreachable()
        }
        fn serve(
            _: &__runtime::Arc<Self>,
            _: &__runtime::MountSettings,
            _: __runtime::HttpRequest,
        ) -> __runtime::HttpResponseFuture {
            ::core::unreachable()
        }
    }
    #[allow(unused_imports)]
    use authenticate as _;
};
::core::compile_error! {
    "nothing provides `caler`; did you mean `caller`?"
}
