use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound)]
    Lost(#[status(metadata = "where_to")] String),
    #[status(NotFound)]
    Implicit {
        #[status(metadata = "key")]
        _größe: u32,
    },
    #[status(NotFound)]
    Gone(#[status(metadata = "a")] String, #[status(metadata = "b")] String),
}

fn main() {}
