use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(NotFound, message = "gone", message = "lost")]
    Gone,
    #[status(NotFound, localized_message(locale = "fr", message = "a"), localized_message(locale = "en", message = "b"))]
    Lost,
    #[status(NotFound, help(url = "a", url = "b"))]
    Help,
    #[status(NotFound, retry_info = "1s")]
    Delay(#[status(retry_info)] std::time::Duration),
}

fn main() {}
