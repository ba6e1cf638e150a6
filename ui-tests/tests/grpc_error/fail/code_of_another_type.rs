use vestibule::{Code, grpc_error};

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(code = code)]
    Reference { code: Code },
    #[status(code = *_0)]
    Number(i32),
    #[status(code = coed)]
    Misspelt { code: Code },
}

fn main() {
    let _: tonic::Status = ShopError::Number(5).into();
}
