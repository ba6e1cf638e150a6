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
    fn from(__error: OrderError) -> Self {
        #[allow(unused_imports)]
        use __private::{KeepError as _, KeepNothing as _, KeepSources as _};
        let __outgoing = match &__error {
            OrderError::TooMany { quantity, item, index, limit, .. } => {
                let _ = (quantity, item, index, limit);
                __private::Outgoing::new(
                        __private::Code::InvalidArgument,
                        <OrderError as __private::ErrorText>::text(&__error),
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
            OrderError::SoldOut { 0: __field_0, .. } => {
                __private::Outgoing::new(
                        __private::Code::ResourceExhausted,
                        <OrderError as __private::ErrorText>::text(&__error),
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
                        >>::to_detail(__field_0),
                    )
            }
            OrderError::Database { .. } => {
                __private::Outgoing::new(
                        __private::Code::Internal,
                        <OrderError as __private::ErrorText>::text(&__error),
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
                return match __error {
                    OrderError::Payment { 0: __inner } => {
                        __private::transparent(
                            <PaymentError as __private::IntoStatus<
                                _,
                            >>::into_status(__inner),
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
        __outgoing
            .into_status(
                (&&&__private::Keep::new(__error)).vestibule_keep(),
            )
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl __private::FromStatus for OrderError {
    fn from_status(
        __status: &__private::Status,
    ) -> __private::Result<
        Self,
        __private::TryFromStatusError,
    > {
        let __error = match __private::Incoming::new(
            __status,
            "shop.example.com",
        ) {
            __private::Result::Ok(__incoming) => {
                match __incoming.reason() {
                    "TOO_MANY" => {
                        return __private::Result::Ok(OrderError::TooMany {
                            quantity: __incoming
                                .metadata(
                                    "quantity",
                                    <u32 as __private::ErrorField>::from_text,
                                )?,
                            item: __incoming
                                .metadata(
                                    "sku",
                                    <Item as __private::ErrorField>::from_text,
                                )?,
                            index: <usize as __private::Default>::default(),
                            limit: __incoming
                                .optional_metadata(
                                    "limit",
                                    <u32 as __private::ErrorField>::from_text,
                                )?,
                        });
                    }
                    "OUT_OF_STOCK" => {
                        return __private::Result::Ok(OrderError::SoldOut {
                            0: __incoming
                                .detail(
                                    "retry_info",
                                    <Duration as __private::DetailField<
                                        __private::details::RetryInfo,
                                    >>::from_detail,
                                )?,
                        });
                    }
                    "DATABASE" => __incoming.local("DATABASE"),
                    _ => __incoming.unknown(),
                }
            }
            __private::Result::Err(__error) => __error,
        };
        {
            #[allow(unused_imports)]
            use __private::{BackFrom as _, BackFromNothing as _};
            if let __private::Option::Some(__inner) = (&&__private::Back::<
                PaymentError,
            >::new())
                .vestibule_back(__status)
            {
                return __private::Result::Ok(OrderError::Payment {
                    0: __inner,
                });
            }
        }
        __private::Result::Err(__error)
    }
}
#[automatically_derived]
impl __private::TryFrom<&__private::Status> for OrderError {
    type Error = __private::TryFromStatusError;
    fn try_from(
        __status: &__private::Status,
    ) -> __private::Result<
        Self,
        __private::TryFromStatusError,
    > {
        __private::FromStatus::from_status(__status)
    }
}
