/// In front of every service.
pub fn base<'tokens>(
    tokens: &'tokens Tokens,
) -> impl __private::Interceptor<
    Provides = __private::ProvidedLater<Caller>,
    Hooks = __private::ListHooks<__base_list>,
> + use<'tokens> {
    let __arguments = (tokens,);
    {
        #[allow(clippy::unused_async)]
        async fn base(
            #[allow(unused_variables)]
            tokens: &Tokens,
            caller: &Caller,
            call: &Call,
        ) -> Result<Caller, Status> {
            admit(call, caller).await
        }
        #[allow(non_camel_case_types)]
        struct base_interceptor<__T0> {
            argument0: __T0,
        }
        impl<'tokens> __private::Interceptor
        for base_interceptor<&'tokens Tokens> {
            type Provides = __private::ProvidedLater<Caller>;
            type Hooks = __private::ListHooks<__base_list>;
            const VESTIBULE_PHASES: __private::phase::PhaseRange = <__base_list as __private::ListId>::RANGE;
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
        impl<'tokens> __private::ListChain
        for base_interceptor<&'tokens Tokens> {
            fn run_list<'__rest, AnyMethod: __private::Method>(
                &'__rest self,
                __call: &'__rest __private::Call,
                __later: &'__rest Self::Provides,
                __enclosed: __private::RestRef<'__rest>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), __private::Status>,
            > + ::core::marker::Send + __private::KnownEntries {
                let __type0 = __private::EntryType::new();
                let __type1 = __private::EntryType::new();
                __private::with_entries(
                    (
                        __private::Clone::clone(&__type0),
                        (__private::Clone::clone(&__type1), ()),
                    ),
                    async move {
                        let __hooks = &mut ();
                        let tokens = <&'tokens Tokens as __private::ListedValue>::for_this_call(
                            &self.argument0,
                        );
                        let _ = tokens;
                        use __private::AnyListed as _;
                        use __private::AnyValue as _;
                        use __private::{AnyPhased as _, AnyRecorded as _};
                        let __entry = __private::MadeForEachCall::made(
                            __private::Listed(access_log())
                                .vestibule_listed(),
                        );
                        let (__provided, __own) = __private::Interceptor::vestibule_begin(
                                &__entry,
                                __call,
                            )
                            .await?;
                        __private::Recorded(
                                &__own,
                                __private::Phased(&__entry).vestibule_phase(),
                            )
                            .vestibule_record(__type0);
                        let mut __level = __private::shared_level(
                            __call,
                            __private::erase_hooks::<AnyMethod, _>(__own),
                            __hooks,
                        );
                        let __result = {
                            let __hooks = &mut __level;
                            let __rest = __private::pin(
                                __private::Option::Some(async {
                                    let __entry = __private::MadeForEachCall::made(
                                        __private::Listed(authenticate(tokens))
                                            .vestibule_listed(),
                                    );
                                    let (__provided, __own) = __private::Interceptor::vestibule_begin(
                                            &__entry,
                                            __call,
                                        )
                                        .await?;
                                    __private::Recorded(
                                            &__own,
                                            __private::Phased(&__entry).vestibule_phase(),
                                        )
                                        .vestibule_record(__type1);
                                    let mut __level = __private::shared_level(
                                        __call,
                                        __private::erase_hooks::<AnyMethod, _>(__own),
                                        __hooks,
                                    );
                                    let __result = {
                                        let __hooks = &mut __level;
                                        let __rest = __private::pin(
                                            __private::Option::Some(async {
                                                let caller = __private::Value(&__provided)
                                                    .vestibule_value();
                                                let _ = caller;
                                                let __value = __call.get::<&str>("x-tenant")?;
                                                let __provided = base(
                                                        <&'tokens Tokens as __private::ListedValue>::for_this_call(
                                                            &self.argument0,
                                                        ),
                                                        caller,
                                                        __call,
                                                    )
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
                                                    })?;
                                                __private::share_hooks::<
                                                    AnyMethod,
                                                    _,
                                                    _,
                                                >(__call, __later, __hooks);
                                                __later.provide(__provided);
                                                __private::UnguardedRest::new(__enclosed).await
                                            }),
                                        );
                                        let __rest = __private::rest_ref(__rest);
                                        __private::Interceptor::vestibule_guard::<
                                            AnyMethod,
                                        >(&__entry, __call, &__provided, __rest)
                                            .await
                                    };
                                    __private::Finish::finish(__level, __result)
                                }),
                            );
                            let __rest = __private::rest_ref(__rest);
                            __private::Interceptor::vestibule_guard::<
                                AnyMethod,
                            >(&__entry, __call, &__provided, __rest)
                                .await
                        };
                        __private::Finish::finish(__level, __result)
                    },
                )
            }
        }
        #[allow(non_local_definitions)]
        impl __private::ListId for __base_list {
            const RANGE: __private::phase::PhaseRange = __private::range_of_list(
                <base_interceptor<
                    _,
                > as __private::ListChain>::run_list::<
                    __private::Rpc<(), ()>,
                >,
            );
            fn add_lists(
                __lists: &mut __private::Vec<__private::TypeId>,
            ) {
                __private::add_lists_of(
                    <base_interceptor<
                        _,
                    > as __private::ListChain>::run_list::<
                        __private::Rpc<(), ()>,
                    >,
                    __lists,
                );
            }
        }
        const _: () = {
            const __LIST: &[__private::Written] = &[
                (
                    "access_log()",
                    __private::phases_in_list(
                        <base_interceptor<
                            _,
                        > as __private::ListChain>::run_list::<
                            __private::Rpc<(), ()>,
                        >,
                        0usize,
                    ),
                ),
                (
                    "caller = authenticate(tokens)",
                    __private::phases_in_list(
                        <base_interceptor<
                            _,
                        > as __private::ListChain>::run_list::<
                            __private::Rpc<(), ()>,
                        >,
                        1usize,
                    ),
                ),
            ];
            const _: () = __private::report(
                &__private::check_order(__LIST, 0usize),
            );
            const _: () = __private::report(
                &__private::check_order(__LIST, 1usize),
            );
        };
        base_interceptor::<_> {
            argument0: __arguments.0,
        }
    }
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_debug_implementations)]
pub enum __base_list {}
#[require_metadata]
const _: () = ();
