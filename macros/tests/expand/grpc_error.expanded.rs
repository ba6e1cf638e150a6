#[derive(Debug, thiserror::Error)]
pub enum CalcError<T> {
    #[error("numbers must be positive, got {0}")]
    Negative(i32),
    #[error("{name} is taken")]
    Taken { name: T },
    #[error(transparent)]
    Status(#[from] Status),
}
#[automatically_derived]
#[allow(deprecated)]
impl<T> __private::From<CalcError<T>> for __private::Status {
    fn from(__error: CalcError<T>) -> Self {
        #[allow(unused_imports)]
        use __private::{KeepError as _, KeepNothing as _, KeepSources as _};
        let __outgoing = match &__error {
            CalcError::Negative { .. } => {
                __private::Outgoing::new(
                    __private::Code::InvalidArgument,
                    <CalcError<T> as __private::ErrorText>::text(&__error),
                )
            }
            CalcError::Taken { .. } => {
                __private::Outgoing::new(
                    __private::Code::AlreadyExists,
                    <CalcError<T> as __private::ErrorText>::text(&__error),
                )
            }
            CalcError::Status { .. } => {
                return match __error {
                    CalcError::Status { 0: __inner } => {
                        __private::transparent(
                            <Status as __private::IntoStatus<
                                _,
                            >>::into_status(__inner),
                            __private::Option::None,
                            __private::Option::None,
                        )
                    }
                    #[allow(unreachable_patterns)]
                    _ => ::core::unreachable(),
                };
            }
        };
        __outgoing
            .into_status((&&__private::Keep::new(__error)).vestibule_keep())
    }
}
