use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "gone")]
    Gone,
    #[status(NotFound, localized_message(locale = "fr", message = "a"))]
    Lost,
    #[status(NotFound, help(url = "a", description = "..."))]
    Help,
    #[status(NotFound)]
    Delay(#[status(retry_info)] std::time::Duration),
}

fn main() {}
