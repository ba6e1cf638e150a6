/// Who calls?
#[allow(clippy::implied_bounds_in_impls)]
pub fn authenticate<'tokens>(
    tokens: &'tokens Tokens,
) -> impl __private::Interceptor<
    Provides = Caller,
    Hooks = (),
> + __private::StartsOnly + use<'tokens> {
    let __arguments = (tokens,);
    {
        #[allow(clippy::unused_async)]
        async fn authenticate(
            tokens: &Tokens,
            token: Bearer<'_>,
        ) -> Result<Caller, AuthError> {
            tokens.verify(&token).await
        }
        #[allow(non_camel_case_types)]
        struct authenticate_interceptor<__T0> {
            argument0: __T0,
        }
        impl<'tokens> __private::Interceptor
        for authenticate_interceptor<&'tokens Tokens> {
            type Provides = Caller;
            type Hooks = ();
            async fn start(
                &self,
                __call: &__private::Call,
            ) -> ::core::result::Result<(Caller, ()), __private::Status> {
                let __provided = authenticate(
                        <&'tokens Tokens as __private::ListedValue>::for_this_call(
                            &self.argument0,
                        ),
                        __call.get::<Bearer<'_>>("authorization")?,
                    )
                    .await
                    .map_err(|__error: AuthError| {
                        use __private::ConvertReturned as _;
                        (&&&__private::ReturnedError::of(&__error))
                            .convert_returned_error(
                                __error,
                                |__error: AuthError| <AuthError as __private::IntoStatus<
                                    _,
                                >>::into_status(__error),
                            )
                    })?;
                ::core::result::Result::Ok((__provided, ()))
            }
            #[inline]
            fn vestibule_guard<'__rest, __Method: __private::Method>(
                &'__rest self,
                _: &'__rest __private::Call,
                _: &'__rest Caller,
                __rest: __private::RestRef<'__rest>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), __private::Status>,
            > + ::core::marker::Send {
                __private::UnguardedRest::new(__rest)
            }
        }
        impl<'tokens> __private::StartsOnly
        for authenticate_interceptor<&'tokens Tokens> {}
        authenticate_interceptor::<_> {
            argument0: __arguments.0,
        }
    }
}
