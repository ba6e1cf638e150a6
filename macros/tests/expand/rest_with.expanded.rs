fn span() -> impl __private::Interceptor<
    Provides = __private::ProvidedLater<SpanId>,
    Hooks = __private::ListHooks<__span_list>,
> + use<> {
    let __arguments = ();
    {
        #[allow(clippy::unused_async)]
        async fn span(call: &Call, rest: impl RestWith<SpanId>) -> Result<(), Status> {
            let span = Span::of(call);
            let result = rest.provide(span.id()).await;
            span.end(&result);
            result
        }
        #[allow(non_camel_case_types)]
        struct span_interceptor {}
        impl __private::Interceptor for span_interceptor {
            type Provides = __private::ProvidedLater<SpanId>;
            type Hooks = __private::ListHooks<__span_list>;
            const VESTIBULE_PHASES: __private::phase::PhaseRange = <__span_list as __private::ListId>::RANGE;
            async fn start(
                &self,
                __call: &__private::Call,
            ) -> ::core::result::Result<
                (Self::Provides, Self::Hooks),
                __private::Status,
            > {
                ::core::result::Result::Err(
                    __private::start_outside_of_level(__call),
                )
            }
            fn vestibule_begin(
                &self,
                _: &__private::Call,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<
                    (Self::Provides, Self::Hooks),
                    __private::Status,
                >,
            > + ::core::marker::Send {
                __private::begin_in_level()
            }
            fn vestibule_guard<'__rest, AnyMethod: __private::Method>(
                &'__rest self,
                __call: &'__rest __private::Call,
                __later: &'__rest Self::Provides,
                __enclosed: __private::RestRef<'__rest>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), __private::Status>,
            > + ::core::marker::Send {
                __private::ListChain::run_list::<
                    AnyMethod,
                >(self, __call, __later, __enclosed)
            }
        }
        impl __private::ListChain for span_interceptor {
            fn run_list<'__rest, AnyMethod: __private::Method>(
                &'__rest self,
                __call: &'__rest __private::Call,
                __later: &'__rest Self::Provides,
                __enclosed: __private::RestRef<'__rest>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), __private::Status>,
            > + ::core::marker::Send + __private::KnownEntries {
                __private::with_entries(
                    (),
                    async move {
                        let __hooks = &mut ();
                        __private::share_hooks::<
                            AnyMethod,
                            _,
                            _,
                        >(__call, __later, __hooks);
                        let __rest = __private::ProvidingRest::new(
                            __call,
                            __later,
                            __enclosed,
                        );
                        span(__call, __rest)
                            .await
                            .map_err(|__error: Status| {
                                use __private::ConvertReturned as _;
                                (&&&__private::ReturnedError::of(&__error))
                                    .convert_returned_error(
                                        __error,
                                        |__error: Status| <Status as __private::IntoStatus<
                                            _,
                                        >>::into_status(__error),
                                    )
                            })
                    },
                )
            }
        }
        #[allow(non_local_definitions)]
        impl __private::ListId for __span_list {
            const RANGE: __private::phase::PhaseRange = __private::phase::range_of::<
                __private::phase::User,
            >();
        }
        span_interceptor {}
    }
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_debug_implementations)]
enum __span_list {}
