use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, reason = "GONE")]
    Gone,
    #[status(transparent, prefix = "shop: ")]
    Other(tonic::Status),
}

fn main() {}
