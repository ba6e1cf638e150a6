use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(Unavailable)]
    Later(#[status(retry_info)] std::time::Duration),
    #[status(Unavailable, retry_info = "5s")]
    Now,
}

fn main() {}
