use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[cfg(not(any()))]
    #[status(NotFound)]
    Gone {
        #[status(default)]
        field: u8,
    },
}

fn main() {}
