use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(Unavailable, retry_info = "500ms")]
    Soon,
    #[status(Unavailable, retry_info = "5s")]
    NoUnit,
}

fn main() {}
