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
impl<T> ::core::convert::From<CalcError<T>> for __private::Status {
    fn from(error: CalcError<T>) -> Self {
        match error {
            error @ CalcError::Negative { .. } => {
                __private::Status::new(
                    __private::Code::InvalidArgument,
                    <CalcError<T> as __private::ToString>::to_string(&error),
                )
            }
            error @ CalcError::Taken { .. } => {
                __private::Status::new(
                    __private::Code::AlreadyExists,
                    <CalcError<T> as __private::ToString>::to_string(&error),
                )
            }
            CalcError::Status { 0: inner } => {
                <Status as __private::IntoStatus>::into_status(inner)
            }
        }
    }
}
