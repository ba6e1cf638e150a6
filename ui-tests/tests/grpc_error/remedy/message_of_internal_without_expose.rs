use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(Internal, expose, message = "the disk is full")]
    Disk,
}

fn main() {}
