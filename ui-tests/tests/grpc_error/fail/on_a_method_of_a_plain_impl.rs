use vestibule::grpc_error;

pub struct Shop;

impl Shop {
    #[grpc_error]
    pub async fn buy(&self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn main() {}
