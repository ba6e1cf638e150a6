use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(code)]
    Gone,
    #[status(code("NotFound"))]
    Lost,
    #[status(code = Ok)]
    Fine,
    #[status(NotFound, code = self.code())]
    Both,
}

fn main() {
    let _: tonic::Status = ShopError::Gone.into();
}
