use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, reason = "gone")]
    Gone,
    #[status(NotFound, reason = "NOT THERE")]
    Lost,
    #[status(Aborted)]
    Été,
}

fn main() {}
