use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound)]
    Gone(#[status(default)] u8),
    #[status(NotFound)]
    Lost(#[status(retry_info)] std::time::Duration),
}

fn main() {}
