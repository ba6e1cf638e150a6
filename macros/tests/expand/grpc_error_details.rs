#[grpc_error(domain = "shop.example.com")]
#[derive(Debug, thiserror::Error)]
#[status(InvalidArgument, help(description = "all about orders", url = "https://shop.example.com/orders"))]
pub enum OrderError {
    #[error("{quantity} of {item} are too many")]
    #[status(
        bad_request(field = "items[{index}].quantity", description = "at most {limit}"),
        localized_message(locale = "fr", message = item.in_french()),
    )]
    TooMany {
        #[status(metadata)]
        quantity: u32,
        #[status(metadata = "sku")]
        item: Item,
        #[status(default)]
        index: usize,
        #[status(metadata)]
        limit: Option<u32>,
    },
    #[error("sold out")]
    #[status(ResourceExhausted, reason = "OUT_OF_STOCK")]
    SoldOut(#[status(retry_info)] Duration),
    #[error("the database is gone")]
    #[status(Internal)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    #[status(transparent, prefix = "payment: ")]
    Payment(#[from] PaymentError),
}
