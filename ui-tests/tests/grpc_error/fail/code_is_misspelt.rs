use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    #[error("negative")]
    #[status(InvalidArgumnt)]
    Negative,
    #[error("overflow")]
    #[status(out_of_range)]
    Overflow,
    #[error("other")]
    #[status(Teapot)]
    Other,
}

fn main() {
    let _: tonic::Status = CalcError::Negative.into();
}
