use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, mesage = "gone")]
    Gone,
    #[status(NotFound, help(description = "d", uri = "u"))]
    Lost,
    #[status(NotFound, colour = "red")]
    Painted,
    #[status(NotFound)]
    Field(#[status(metdata)] u8),
}

fn main() {}
