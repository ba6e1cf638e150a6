use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "{0} is gone")]
    Empty(u8),
    #[status(NotFound, message = "{name} is gone")]
    Misspelt { name: String },
    #[status(NotFound, message = "{{braces}}")]
    NoFields,
    #[status(NotFound, help(description = "{0}", url = "u"))]
    Detail(u8),
    #[status(NotFound, message = "{0} {0:0$}")]
    Odd(usize),
}

fn main() {}
