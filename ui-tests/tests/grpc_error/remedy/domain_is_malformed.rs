use vestibule::grpc_error;

#[grpc_error(domain = "calculator.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound)]
    Gone,
}

fn main() {}
