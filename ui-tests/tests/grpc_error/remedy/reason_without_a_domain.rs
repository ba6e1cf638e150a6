use vestibule::grpc_error;

#[grpc_error(domain = "...")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, reason = "GONE_FOR_GOOD")]
    Gone,
    #[status(NotFound)]
    Lost(#[status(metadata = "where")] String),
    #[status(NotFound)]
    Forgotten(#[status(default)] String),
}

fn main() {}
