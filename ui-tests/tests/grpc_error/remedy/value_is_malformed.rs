use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "gone")]
    Message,
    #[status(Internal, expose)]
    Expose,
    #[status(NotFound, bad_request(field = "...", description = "..."))]
    Parts,
    #[status(NotFound, retry_info = "500ms")]
    Delay,
    #[status(NotFound)]
    Field(#[status(retry_info)] std::time::Duration),
    #[status(NotFound)]
    Metadata(#[status(metadata = "key")] u8),
    #[status(Internal, expose)]
    Flag,
}

fn main() {}
