#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum CalcError<T> {
    #[error("numbers must be positive, got {0}")]
    #[status(InvalidArgument)]
    Negative(i32),
    #[error("{name} is taken")]
    #[status(AlreadyExists)]
    Taken { name: T },
    #[error(transparent)]
    #[status(transparent)]
    Status(#[from] Status),
}
