use vestibule::grpc_error;

use vestibule::Status;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(transparent)]
    Code(Status),
    #[status(transparent)]
    More(Status),
    #[status(transparent)]
    Field(Status),
    #[status(NotFound, message = "shop: ")]
    Prefix,
    #[status(transparent, prefix = "{{0}}: ")]
    FieldInPrefix(Status),
}

fn main() {}
