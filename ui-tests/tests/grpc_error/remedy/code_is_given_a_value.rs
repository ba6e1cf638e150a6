use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound)]
    Gone,
    #[status(NotFound, message = "gone")]
    Lost,
}

fn main() {}
