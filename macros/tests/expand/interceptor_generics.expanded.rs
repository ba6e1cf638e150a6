#[allow(clippy::implied_bounds_in_impls)]
fn find<
    'argument11,
    'argument1,
    'a,
    S: Store,
    ImplFilter: Fn(&Item) -> bool + Clone + Send + Sync,
>(
    store: &'a S,
    __argument1: (usize, &'argument1 [&'argument11 str]),
    filter: ImplFilter,
) -> impl toolbox::grpc::__private::Interceptor<
    Provides = &'a Item,
    Hooks = (),
> + toolbox::grpc::__private::StartsOnly + use<'argument11, 'argument1, 'a, S, ImplFilter>
where
    S::Item: Sync,
{
    let __arguments = (store, __argument1, filter);
    {
        #[allow(clippy::unused_async)]
        async fn find<'a, S: Store>(
            store: &'a S,
            (limit, names): (usize, &[&str]),
            filter: impl Fn(&Item) -> bool + Clone + Send + Sync,
        ) -> tonic::Result<&'a Item>
        where
            S::Item: Sync,
        {
            store.find(limit, names, filter)
        }
        #[allow(non_camel_case_types)]
        struct find_interceptor<__T0, __T1, __T2, __G> {
            argument0: __T0,
            argument1: __T1,
            argument2: __T2,
            generics: ::core::marker::PhantomData<__G>,
        }
        impl<
            'argument11,
            'argument1,
            'a,
            S: Store,
            ImplFilter: Fn(&Item) -> bool + Clone + Send + Sync,
        > toolbox::grpc::__private::Interceptor
        for find_interceptor<
            &'a S,
            (usize, &'argument1 [&'argument11 str]),
            ImplFilter,
            fn() -> (
                &'argument11 (),
                &'argument1 (),
                &'a (),
                ::core::marker::PhantomData<S>,
                ::core::marker::PhantomData<ImplFilter>,
            ),
        >
        where
            S::Item: Sync,
        {
            type Provides = &'a Item;
            type Hooks = ();
            async fn start(
                &self,
                __call: &toolbox::grpc::__private::Call,
            ) -> ::core::result::Result<
                (&'a Item, ()),
                toolbox::grpc::__private::Status,
            > {
                let __provided = find::<
                    S,
                >(
                        <&'a S as toolbox::grpc::__private::ListedValue>::for_this_call(
                            &self.argument0,
                        ),
                        <(
                            usize,
                            &'argument1 [&'argument11 str],
                        ) as toolbox::grpc::__private::ListedValue>::for_this_call(
                            &self.argument1,
                        ),
                        <ImplFilter as toolbox::grpc::__private::ListedValue>::for_this_call(
                            &self.argument2,
                        ),
                    )
                    .await
                    .map_err(|__error| {
                        use toolbox::grpc::__private::ConvertReturned as _;
                        (&&&toolbox::grpc::__private::ReturnedError::of(&__error))
                            .convert_returned_error(
                                __error,
                                |__error| toolbox::grpc::__private::IntoStatus::into_status(
                                    __error,
                                ),
                            )
                    })?;
                ::core::result::Result::Ok((__provided, ()))
            }
            #[inline]
            fn vestibule_guard<'__rest, __Method: toolbox::grpc::__private::Method>(
                &'__rest self,
                _: &'__rest toolbox::grpc::__private::Call,
                _: &'__rest &'a Item,
                __rest: toolbox::grpc::__private::RestRef<'__rest>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), toolbox::grpc::__private::Status>,
            > + ::core::marker::Send {
                toolbox::grpc::__private::UnguardedRest::new(__rest)
            }
        }
        impl<
            'argument11,
            'argument1,
            'a,
            S: Store,
            ImplFilter: Fn(&Item) -> bool + Clone + Send + Sync,
        > toolbox::grpc::__private::StartsOnly
        for find_interceptor<
            &'a S,
            (usize, &'argument1 [&'argument11 str]),
            ImplFilter,
            fn() -> (
                &'argument11 (),
                &'argument1 (),
                &'a (),
                ::core::marker::PhantomData<S>,
                ::core::marker::PhantomData<ImplFilter>,
            ),
        >
        where
            S::Item: Sync,
        {}
        find_interceptor::<_, _, _, _> {
            argument0: __arguments.0,
            argument1: __arguments.1,
            argument2: __arguments.2,
            generics: ::core::marker::PhantomData::<
                fn() -> (
                    &'argument11 (),
                    &'argument1 (),
                    &'a (),
                    ::core::marker::PhantomData<S>,
                    ::core::marker::PhantomData<ImplFilter>,
                ),
            >,
        }
    }
}
