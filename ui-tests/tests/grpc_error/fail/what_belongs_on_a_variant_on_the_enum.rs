use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
#[status(NotFound, reason = "GONE", prefix = "shop: ", transparent)]
pub enum ShopError {
    Gone,
}

fn main() {}
