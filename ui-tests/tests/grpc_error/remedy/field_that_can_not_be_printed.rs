use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "gone: {0:?}")]
    Gone(Vec<u8>),
}

fn main() {}
