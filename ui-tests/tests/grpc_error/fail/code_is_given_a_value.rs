use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(code = NotFound)]
    Gone,
    #[status(NotFound("gone"))]
    Lost,
}

fn main() {}
