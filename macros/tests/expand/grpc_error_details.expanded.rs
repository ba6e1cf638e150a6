#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("{quantity} of {item} are too many")]
    TooMany { quantity: u32, item: Item, index: usize, limit: Option<u32> },
    #[error("sold out")]
    SoldOut(Duration),
    #[error("the database is gone")]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Payment(#[from] PaymentError),
}
#[automatically_derived]
#[allow(deprecated)]
impl __private::From<OrderError> for __private::Status {
    fn from(error: OrderError) -> Self {
        #[allow(unused_imports)]
        use __private::{KeepError as _, KeepNothing as _, KeepSources as _};
        let outgoing = match &error {
            OrderError::TooMany { quantity, item, index, limit, .. } => {
                let _ = (quantity, item, index, limit);
                __private::Outgoing::new(
                        __private::Code::InvalidArgument,
                        <OrderError as __private::ErrorText>::text(&error),
                    )
                    .reason(
                        "TOO_MANY",
                        "shop.example.com",
                        [
                            (
                                "quantity",
                                __private::Option::Some(
                                    <u32 as __private::ErrorField>::to_text(
                                        quantity,
                                    ),
                                ),
                            ),
                            (
                                "sku",
                                __private::Option::Some(
                                    <Item as __private::ErrorField>::to_text(item),
                                ),
                            ),
                            (
                                "limit",
                                __private::Option::map(
                                    __private::Option::as_ref(limit),
                                    <u32 as __private::ErrorField>::to_text,
                                ),
                            ),
                        ],
                    )
                    .detail(
                        __private::details::BadRequest::new([
                            __private::details::FieldViolation::new(
                                __private::format(
                                    "items[{index}].quantity",
                                    index = index,
                                ),
                                __private::format(
                                    "at most {limit}",
                                    limit = limit,
                                ),
                            ),
                        ]),
                    )
                    .detail(
                        __private::details::Help::new([
                            __private::details::HelpLink::new(
                                __private::String::from("all about orders"),
                                __private::String::from(
                                    "https://shop.example.com/orders",
                                ),
                            ),
                        ]),
                    )
                    .detail(
                        __private::details::LocalizedMessage::new(
                            __private::String::from("fr"),
                            __private::ToString::to_string(
                                &(item.in_french()),
                            ),
                        ),
                    )
            }
            OrderError::SoldOut { 0: field_0, .. } => {
                __private::Outgoing::new(
                        __private::Code::ResourceExhausted,
                        <OrderError as __private::ErrorText>::text(&error),
                    )
                    .reason("OUT_OF_STOCK", "shop.example.com", [])
                    .detail(
                        __private::details::Help::new([
                            __private::details::HelpLink::new(
                                __private::String::from("all about orders"),
                                __private::String::from(
                                    "https://shop.example.com/orders",
                                ),
                            ),
                        ]),
                    )
                    .optional(
                        <Duration as __private::DetailField<
                            __private::details::RetryInfo,
                        >>::to_detail(field_0),
                    )
            }
            OrderError::Database { .. } => {
                __private::Outgoing::new(
                        __private::Code::Internal,
                        <OrderError as __private::ErrorText>::text(&error),
                    )
                    .reason("DATABASE", "shop.example.com", [])
                    .detail(
                        __private::details::Help::new([
                            __private::details::HelpLink::new(
                                __private::String::from("all about orders"),
                                __private::String::from(
                                    "https://shop.example.com/orders",
                                ),
                            ),
                        ]),
                    )
            }
            OrderError::Payment { .. } => {
                return match error {
                    OrderError::Payment { 0: inner } => {
                        __private::transparent(
                            <PaymentError as __private::IntoStatus<
                                _,
                            >>::into_status(inner),
                            __private::Option::Some(
                                __private::String::from("payment: "),
                            ),
                            __private::Option::None,
                        )
                    }
                    #[allow(unreachable_patterns)]
                    _ => ::core::unreachable(),
                };
            }
        };
        outgoing
            .into_status((&&&__private::Keep::new(error)).vestibule_keep())
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl __private::FromStatus for OrderError {
    fn from_status(
        status: &__private::Status,
    ) -> __private::Result<
        Self,
        __private::TryFromStatusError,
    > {
        let error = match __private::Incoming::new(
            status,
            "shop.example.com",
        ) {
            __private::Result::Ok(incoming) => {
                match incoming.reason() {
                    "TOO_MANY" => {
                        return __private::Result::Ok(OrderError::TooMany {
                            quantity: incoming
                                .metadata(
                                    "quantity",
                                    <u32 as __private::ErrorField>::from_text,
                                )?,
                            item: incoming
                                .metadata(
                                    "sku",
                                    <Item as __private::ErrorField>::from_text,
                                )?,
                            index: <usize as __private::Default>::default(),
                            limit: incoming
                                .optional_metadata(
                                    "limit",
                                    <u32 as __private::ErrorField>::from_text,
                                )?,
                        });
                    }
                    "OUT_OF_STOCK" => {
                        return __private::Result::Ok(OrderError::SoldOut {
                            0: incoming
                                .detail(
                                    "retry_info",
                                    <Duration as __private::DetailField<
                                        __private::details::RetryInfo,
                                    >>::from_detail,
                                )?,
                        });
                    }
                    "DATABASE" => incoming.local("DATABASE"),
                    _ => incoming.unknown(),
                }
            }
            __private::Result::Err(error) => error,
        };
        {
            #[allow(unused_imports)]
            use __private::{BackFrom as _, BackFromNothing as _};
            if let __private::Option::Some(inner) = (&&__private::Back::<
                PaymentError,
            >::new())
                .vestibule_back(status)
            {
                return __private::Result::Ok(OrderError::Payment {
                    0: inner,
                });
            }
        }
        __private::Result::Err(error)
    }
}
#[automatically_derived]
impl __private::TryFrom<&__private::Status> for OrderError {
    type Error = __private::TryFromStatusError;
    fn try_from(
        status: &__private::Status,
    ) -> __private::Result<
        Self,
        __private::TryFromStatusError,
    > {
        __private::FromStatus::from_status(status)
    }
}
