//! The expansion triggers no lint of rustc's, and needs no prelude.
#![no_implicit_prelude]
#![deny(warnings, future_incompatible, missing_debug_implementations, missing_docs, nonstandard_style, rust_2018_idioms)]
#![deny(rust_2021_compatibility, rust_2024_compatibility, unreachable_pub, unused, unused_qualifications)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements, let_underscore_drop, single_use_lifetimes)]
#![deny(unsafe_code, trivial_casts, unused_lifetimes, unused_results, variant_size_differences)]

// A careless expansion would use these names.
mod std {}
mod core {}

use ::std::fmt::Debug;
use ::std::string::String;
use ::std::time::Duration;
use ::vestibule::details::FieldViolation;
use ::vestibule::{Status, grpc_error};

/// An error.
#[grpc_error(domain = "shop.example.com", max_size = 4096)]
#[derive(Debug, ::thiserror::Error)]
#[status(FailedPrecondition, help(description = "how to", url = "https://shop.example.com/{{}}"))]
pub enum ShopError<T: Debug + ::std::fmt::Display + ::std::str::FromStr> {
    /// One.
    #[error("one")]
    #[status(InvalidArgument, message = "{value:?} {limit:?}", bad_request(field = "a", description = value))]
    One {
        /// A value.
        #[status(metadata)]
        value: T,
        /// A limit.
        #[status(metadata)]
        limit: ::std::option::Option<u32>,
        /// Gone.
        #[status(default)]
        gone: u8,
        /// Which.
        #[status(quota_failure)]
        quota: ::std::option::Option<::std::vec::Vec<::vestibule::details::QuotaViolation>>,
    },
    /// Two.
    #[error("two {0}")]
    #[status(Unavailable, localized_message(locale = "fr", message = "deux {0}"))]
    Two(#[status(metadata = "name")] String, #[status(retry_info)] Duration),
    /// Three.
    #[error("three")]
    #[status(Internal)]
    Three(#[from] ::std::fmt::Error),
    /// Four.
    #[error(transparent)]
    #[status(transparent, prefix = "four: ")]
    Four(#[from] Status),
}

/// A struct.
#[grpc_error]
#[derive(Debug, ::thiserror::Error)]
#[error("struct")]
#[status(Aborted)]
pub struct Several {
    /// Which.
    #[status(bad_request)]
    pub violations: ::std::vec::Vec<FieldViolation>,
}

fn main() {
    let error = ShopError::<u8>::Two(<String as ::std::convert::From<_>>::from("n"), Duration::from_secs(1));
    let status = <Status as ::std::convert::From<_>>::from(error);
    let back = <ShopError<u8> as ::std::convert::TryFrom<_>>::try_from(&status);
    ::std::assert!(::std::matches!(back, ::std::result::Result::Ok(ShopError::Two(_, _))));
}
