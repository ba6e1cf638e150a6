use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    #[error("negative")]
    #[status(InvalidArgument)]
    Negative,
}

fn main() {
    let _: tonic::Status = CalcError::Negative.into();
}
