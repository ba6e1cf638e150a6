use vestibule::grpc_error;

use vestibule::Status;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(transparent, NotFound)]
    Code(Status),
    #[status(transparent, message = "x", help(description = "d", url = "u"))]
    More(Status),
    #[status(transparent)]
    Field(#[status(default)] Status),
    #[status(NotFound, prefix = "shop: ")]
    Prefix,
    #[status(transparent, prefix = "{0}: ")]
    FieldInPrefix(Status),
}

fn main() {}
