use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(Unavailable)]
    Later(#[status(retry_info)] u32),
    #[status(Unavailable, retry_info = 5)]
    Now,
}

fn main() {}
