use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(Internal, log = false)]
    Hidden,
    #[status(NotFound, log)]
    Gone,
    #[status(NotFound, log = "no")]
    Lost,
    #[status(transparent, log = false)]
    Other(#[from] tonic::Status),
}

fn main() {
    let _: tonic::Status = ShopError::Gone.into();
}
