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
    fn from(error: CalcError<T>) -> Self {
        #[allow(unused_imports)]
        use __private::{KeepError as _, KeepNothing as _, KeepSources as _};
        let outgoing = match &error {
            CalcError::Negative { .. } => {
                __private::Outgoing::new(
                    __private::Code::InvalidArgument,
                    <CalcError<T> as __private::ErrorText>::text(&error),
                )
            }
            CalcError::Taken { .. } => {
                __private::Outgoing::new(
                    __private::Code::AlreadyExists,
                    <CalcError<T> as __private::ErrorText>::text(&error),
                )
            }
            CalcError::Status { .. } => {
                return match error {
                    CalcError::Status { 0: inner } => {
                        __private::transparent(
                            <Status as __private::IntoStatus<
                                _,
                            >>::into_status(inner),
                            __private::Option::None,
                            __private::Option::None,
                        )
                    }
                    #[allow(unreachable_patterns)]
                    _ => ::core::unreachable(),
                };
            }
        };
        outgoing
            .into_status((&&__private::Keep::new(error)).vestibule_keep())
    }
}
