use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(InvalidArgument, message = "how many?")]
    Missing,
    #[status(transparent, prefix = "shop: ")]
    Other(tonic::Status),
    #[status(InvalidArgument)]
    NoCode,
}

fn main() {}
