/// Who calls?
pub fn authenticate<'tokens>(
    tokens: &'tokens Tokens,
) -> impl __private::Interceptor<
    Provides = Caller,
    Hooks = (),
> + use<'tokens> {
    let arguments = (tokens,);
    {
        #[allow(clippy::unused_async)]
        async fn authenticate(
            tokens: &Tokens,
            token: Bearer<'_>,
        ) -> Result<Caller, AuthError> {
            tokens.verify(&token).await
        }
        #[allow(non_camel_case_types)]
        struct authenticate_interceptor<T0> {
            argument0: T0,
        }
        impl<'tokens> __private::Interceptor
        for authenticate_interceptor<&'tokens Tokens> {
            type Provides = Caller;
            type Hooks = ();
            async fn start(
                &self,
                call: &__private::Call,
            ) -> __private::Result<
                (Caller, ()),
                __private::Status,
            > {
                let provided = authenticate(
                        <&'tokens Tokens as __private::Clone>::clone(
                            &self.argument0,
                        ),
                        call.get::<Bearer<'_>>("authorization")?,
                    )
                    .await
                    .map_err(|error: AuthError| <AuthError as __private::IntoStatus<
                        _,
                    >>::into_status(error))?;
                __private::Result::Ok((provided, ()))
            }
            #[inline]
            fn guard<'__rest>(
                &'__rest self,
                call: &'__rest __private::Call,
                _provided: &'__rest Caller,
                rest: __private::RestRef<'__rest>,
            ) -> impl __private::Future<
                Output = __private::Result<
                    (),
                    __private::Status,
                >,
            > + __private::Send {
                __private::Passed::new(rest)
            }
        }
        authenticate_interceptor {
            argument0: arguments.0,
        }
    }
}
