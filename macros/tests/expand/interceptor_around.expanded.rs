fn access_log() -> impl __private::Interceptor<
    Provides = (),
    Hooks = (),
> + use<> {
    let __arguments = ();
    {
        #[allow(clippy::unused_async)]
        async fn access_log(call: &Call, rest: impl Rest) -> Result<(), Status> {
            let result = rest.await;
            tracing::info!(method = call.method().path(), ok = result.is_ok());
            result
        }
        #[allow(non_camel_case_types)]
        struct access_log_interceptor {}
        impl __private::Interceptor for access_log_interceptor {
            type Provides = ();
            type Hooks = ();
            async fn start(
                &self,
                _: &__private::Call,
            ) -> ::core::result::Result<((), ()), __private::Status> {
                ::core::result::Result::Ok(((), ()))
            }
            async fn around<__Rest: __private::Rest>(
                &self,
                __call: &__private::Call,
                _: &(),
                __rest: __Rest,
            ) -> ::core::result::Result<(), __private::Status> {
                access_log(__call, __rest)
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
            }
        }
        access_log_interceptor {}
    }
}
