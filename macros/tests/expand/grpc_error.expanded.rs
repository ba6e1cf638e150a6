#[derive(Debug, thiserror::Error)]
pub enum CalcError<T> {
    #[error("numbers must be positive, got {0}")]
    Negative(i32),
    #[error("{name} is taken")]
    Taken { name: T },
    #[error(transparent)]
    Status(#[from] Status),
}
const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    #[automatically_derived]
    #[allow(deprecated)]
    impl<T> __runtime::From<CalcError<T>> for __runtime::Status
    where
        CalcError<T>: __runtime::GenericError,
    {
        fn from(__error: CalcError<T>) -> Self {
            __runtime::ConvertError::vestibule_into_status(__error)
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<T> __runtime::GrpcError for CalcError<T> {
        const CODES: __runtime::Option<__runtime::CodeSet> = {
            #[allow(unused_imports)]
            use __runtime::UnknownCodes as _;
            __runtime::CodeSet::union(
                &[
                    __runtime::Option::Some(
                        __runtime::CodeSet::of(__runtime::Code::InvalidArgument),
                    ),
                    __runtime::Option::Some(
                        __runtime::CodeSet::of(__runtime::Code::AlreadyExists),
                    ),
                    __runtime::CodesOf::<Status>::CODES,
                ],
            )
        };
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<T> __runtime::ConvertError for CalcError<T>
    where
        CalcError<T>: __runtime::GenericError,
    {
        fn vestibule_builder(&self) -> __runtime::StatusBuilder {
            match self {
                CalcError::Negative { .. } => {
                    __runtime::StatusBuilder::new(
                        __runtime::Code::InvalidArgument,
                        <CalcError<T> as __runtime::ErrorText>::text(self),
                    )
                }
                CalcError::Taken { .. } => {
                    __runtime::StatusBuilder::new(
                        __runtime::Code::AlreadyExists,
                        <CalcError<T> as __runtime::ErrorText>::text(self),
                    )
                }
                CalcError::Status { .. } => ::core::unreachable(),
            }
        }
        fn vestibule_into_status(self) -> __runtime::Status {
            match self {
                CalcError::Status { 0: __inner } => {
                    __runtime::transparent(
                        {
                            use __runtime::ConvertReturned as _;
                            (&&&__runtime::ReturnedError::of(&__inner))
                                .convert_returned_error(
                                    __inner,
                                    |__error: Status| <Status as __runtime::IntoStatus<
                                        _,
                                    >>::into_status(__error),
                                )
                        },
                        __runtime::Option::None,
                        __runtime::Option::None,
                    )
                }
                #[allow(unreachable_patterns)]
                __error => {
                    #[allow(unused_imports)]
                    use __runtime::{
                        RetainError as _, RetainNothing as _, RetainSources as _,
                        RetainText as _,
                    };
                    let __builder = __runtime::ConvertError::vestibule_builder(&__error);
                    __builder
                        .into_status(
                            (&&&&__runtime::Retain::new(__error)).vestibule_retain(),
                        )
                }
            }
        }
    }
};
