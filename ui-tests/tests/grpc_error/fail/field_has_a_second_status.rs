use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound)]
    Gone(#[status(metadata = "a")] #[status(default)] u8),
    #[status(NotFound)]
    Lost(#[status(retry_info, help)] u8),
}

fn main() {}
