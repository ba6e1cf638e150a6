use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "gone")]
    Gone,
    #[status(NotFound, help(description = "d", url = "u"))]
    Lost,
    #[status(NotFound, reason = "PAINTED_RED")]
    Painted,
    #[status(NotFound)]
    Field(#[status(metadata = "key")] u8),
}

fn main() {}
