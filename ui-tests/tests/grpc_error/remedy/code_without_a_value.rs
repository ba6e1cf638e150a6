use vestibule::{Code, grpc_error};

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(code = self.code())]
    Gone,
    #[status(NotFound)]
    Lost,
    #[status(Internal)]
    Fine,
    #[status(NotFound)]
    Both,
}

impl ShopError {
    fn code(&self) -> Code {
        Code::NotFound
    }
}

fn main() {
    let _: tonic::Status = ShopError::Gone.into();
}
