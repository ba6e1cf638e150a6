use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, reason = "OUT_OF_STOCK")]
    Gone,
    #[status(NotFound, reason = "NOT_THERE")]
    Lost,
    #[status(Aborted, reason = "SUMMER")]
    Été,
}

fn main() {}
