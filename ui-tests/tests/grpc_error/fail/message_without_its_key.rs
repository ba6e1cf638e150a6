use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(InvalidArgument, "how many?")]
    Missing,
    #[status(transparent, "shop: ")]
    Other(tonic::Status),
    #[status("how many?")]
    NoCode,
}

fn main() {}
