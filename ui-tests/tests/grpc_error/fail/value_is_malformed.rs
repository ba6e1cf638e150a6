use vestibule::grpc_error;

#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message("gone"))]
    Message,
    #[status(Internal, expose = true)]
    Expose,
    #[status(NotFound, bad_request("field", "description"))]
    Parts,
    #[status(NotFound, retry_info("5s"))]
    Delay,
    #[status(NotFound)]
    Field(#[status(retry_info = "5s")] std::time::Duration),
    #[status(NotFound)]
    Metadata(#[status(metadata("key"))] u8),
    #[status(NotFound, exposed)]
    Flag,
}

fn main() {}
