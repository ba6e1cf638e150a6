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
const _: () = {
    #[allow(unused_imports)]
    use ::vestibule::__private as __runtime;
    #[automatically_derived]
    #[allow(deprecated)]
    impl __runtime::From<OrderError> for __runtime::Status {
        fn from(__error: OrderError) -> Self {
            __runtime::ConvertError::vestibule_into_status(__error)
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl __runtime::GrpcError for OrderError {
        const CODES: __runtime::Option<__runtime::CodeSet> = {
            #[allow(unused_imports)]
            use __runtime::UnknownCodes as _;
            __runtime::CodeSet::union(
                &[
                    __runtime::Option::Some(
                        __runtime::CodeSet::of(__runtime::Code::InvalidArgument),
                    ),
                    __runtime::Option::Some(
                        __runtime::CodeSet::of(__runtime::Code::ResourceExhausted),
                    ),
                    __runtime::Option::Some(
                        __runtime::CodeSet::of(__runtime::Code::Internal),
                    ),
                    __runtime::CodesOf::<PaymentError>::CODES,
                ],
            )
        };
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl __runtime::FromStatus for OrderError {
        fn from_status(
            __status: &__runtime::Status,
        ) -> __runtime::Result<Self, __runtime::TryFromStatusError> {
            let __error = match __runtime::ReceivedStatus::new(
                __status,
                "shop.example.com",
            ) {
                __runtime::Result::Ok(__incoming) => {
                    match __incoming.reason() {
                        "TOO_MANY" => {
                            return __runtime::Result::Ok(OrderError::TooMany {
                                quantity: __incoming
                                    .metadata(
                                        "quantity",
                                        <u32 as __runtime::ErrorField>::from_text,
                                    )?,
                                item: __incoming
                                    .metadata(
                                        "sku",
                                        <Item as __runtime::ErrorField>::from_text,
                                    )?,
                                index: <usize as ::core::default::Default>::default(),
                                limit: __incoming
                                    .optional_metadata(
                                        "limit",
                                        <u32 as __runtime::ErrorField>::from_text,
                                    )?,
                            });
                        }
                        "OUT_OF_STOCK" => {
                            return __runtime::Result::Ok(OrderError::SoldOut {
                                0: __incoming
                                    .detail(
                                        "retry_info",
                                        <Duration as __runtime::DetailField<
                                            __runtime::details::RetryInfo,
                                        >>::from_detail,
                                    )?,
                            });
                        }
                        "DATABASE" => __incoming.not_restorable("DATABASE"),
                        _ => __incoming.unknown_reason(),
                    }
                }
                __runtime::Result::Err(__error) => __error,
            };
            {
                #[allow(unused_imports)]
                use __runtime::{RestoreError as _, RestoreNothing as _};
                if let __runtime::Option::Some(__inner) = (&&__runtime::Restore::<
                    PaymentError,
                >::new())
                    .vestibule_restore(__status)
                {
                    return __runtime::Result::Ok(OrderError::Payment { 0: __inner });
                }
            }
            __runtime::Result::Err(__error)
        }
    }
    #[automatically_derived]
    impl __runtime::TryFrom<&__runtime::Status> for OrderError {
        type Error = __runtime::TryFromStatusError;
        fn try_from(
            __status: &__runtime::Status,
        ) -> __runtime::Result<Self, __runtime::TryFromStatusError> {
            __runtime::FromStatus::from_status(__status)
        }
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl __runtime::ConvertError for OrderError {
        fn vestibule_builder(&self) -> __runtime::StatusBuilder {
            match self {
                OrderError::TooMany { quantity, item, index, limit, .. } => {
                    let _ = (quantity, item, index, limit);
                    __runtime::StatusBuilder::new(
                            __runtime::Code::InvalidArgument,
                            <OrderError as __runtime::ErrorText>::text(self),
                        )
                        .reason(
                            "TOO_MANY",
                            "shop.example.com",
                            [
                                (
                                    "quantity",
                                    __runtime::Option::Some(
                                        <u32 as __runtime::ErrorField>::to_text(quantity),
                                    ),
                                ),
                                (
                                    "sku",
                                    __runtime::Option::Some(
                                        <Item as __runtime::ErrorField>::to_text(item),
                                    ),
                                ),
                                (
                                    "limit",
                                    __runtime::Option::map(
                                        __runtime::Option::as_ref(limit),
                                        <u32 as __runtime::ErrorField>::to_text,
                                    ),
                                ),
                            ],
                        )
                        .detail(
                            __runtime::details::BadRequest::new([
                                __runtime::details::FieldViolation::new(
                                    __runtime::format("items[{index}].quantity", index = index),
                                    __runtime::format("at most {limit}", limit = limit),
                                ),
                            ]),
                        )
                        .detail(
                            __runtime::details::Help::new([
                                __runtime::details::HelpLink::new(
                                    ::std::string::ToString::to_string("all about orders"),
                                    ::std::string::ToString::to_string(
                                        "https://shop.example.com/orders",
                                    ),
                                ),
                            ]),
                        )
                        .detail(
                            __runtime::details::LocalizedMessage::new(
                                ::std::string::ToString::to_string("fr"),
                                ::std::string::ToString::to_string(&(item.in_french())),
                            ),
                        )
                }
                OrderError::SoldOut { 0: __field_0, .. } => {
                    __runtime::StatusBuilder::new(
                            __runtime::Code::ResourceExhausted,
                            <OrderError as __runtime::ErrorText>::text(self),
                        )
                        .reason("OUT_OF_STOCK", "shop.example.com", [])
                        .detail(
                            __runtime::details::Help::new([
                                __runtime::details::HelpLink::new(
                                    ::std::string::ToString::to_string("all about orders"),
                                    ::std::string::ToString::to_string(
                                        "https://shop.example.com/orders",
                                    ),
                                ),
                            ]),
                        )
                        .optional_detail(
                            <Duration as __runtime::DetailField<
                                __runtime::details::RetryInfo,
                            >>::to_detail(__field_0),
                        )
                }
                OrderError::Database { .. } => {
                    __runtime::StatusBuilder::new(
                            __runtime::Code::Internal,
                            <OrderError as __runtime::ErrorText>::text(self),
                        )
                        .reason("DATABASE", "shop.example.com", [])
                        .detail(
                            __runtime::details::Help::new([
                                __runtime::details::HelpLink::new(
                                    ::std::string::ToString::to_string("all about orders"),
                                    ::std::string::ToString::to_string(
                                        "https://shop.example.com/orders",
                                    ),
                                ),
                            ]),
                        )
                }
                OrderError::Payment { .. } => ::core::unreachable(),
            }
        }
        fn vestibule_into_status(self) -> __runtime::Status {
            match self {
                OrderError::Payment { 0: __inner } => {
                    __runtime::transparent(
                        {
                            use __runtime::ConvertReturned as _;
                            (&&&__runtime::ReturnedError::of(&__inner))
                                .convert_returned_error(
                                    __inner,
                                    |__error: PaymentError| <PaymentError as __runtime::IntoStatus<
                                        _,
                                    >>::into_status(__error),
                                )
                        },
                        __runtime::Option::Some(
                            ::std::string::ToString::to_string("payment: "),
                        ),
                        __runtime::Option::None,
                    )
                }
                #[allow(unreachable_patterns)]
                __error => {
                    #[allow(unused_imports)]
                    use __runtime::{
                        RetainError as _, RetainNothing as _, RetainSources as _,
                        RetainText as _,
                    };
                    let __builder = __runtime::ConvertError::vestibule_builder(&__error);
                    __builder
                        .into_status(
                            (&&&&__runtime::Retain::new(__error)).vestibule_retain(),
                        )
                }
            }
        }
    }
};
