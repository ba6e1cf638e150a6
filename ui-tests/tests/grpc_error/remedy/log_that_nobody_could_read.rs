use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(Internal, log = false, expose)]
    Hidden,
    #[status(NotFound, log = false)]
    Gone,
    #[status(NotFound, log = false)]
    Lost,
    #[status(transparent)]
    Other(#[from] tonic::Status),
}

fn main() {
    let _: tonic::Status = ShopError::Gone.into();
}
