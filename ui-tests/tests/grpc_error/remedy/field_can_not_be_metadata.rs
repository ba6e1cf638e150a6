use vestibule::grpc_error;

#[derive(Debug, Default)]
pub struct Place;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound)]
    Lost {
        #[status(metadata)]
        place: String,
    },
}

fn main() {}
