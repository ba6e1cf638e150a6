use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "{} is gone")]
    Empty(u8),
    #[status(NotFound, message = "{nmae} is gone")]
    Misspelt { name: String },
    #[status(NotFound, message = "{braces}")]
    NoFields,
    #[status(NotFound, help(description = "{1}", url = "u"))]
    Detail(u8),
    #[status(NotFound, message = "{²} {0:x$}")]
    Odd(usize),
}

fn main() {}
