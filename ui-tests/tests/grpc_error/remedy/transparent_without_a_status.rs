use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    #[error("negative")]
    #[status(transparent)]
    Negative(tonic::Status),
}

fn main() {
    let _: tonic::Status = CalcError::Negative(tonic::Status::aborted("no")).into();
}
