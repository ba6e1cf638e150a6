//! The expansion triggers no lint of rustc's. The runtime's `tests/lints.rs` checks those of clippy.
#![deny(warnings, future_incompatible, missing_debug_implementations, missing_docs, nonstandard_style, rust_2018_idioms)]
#![deny(rust_2021_compatibility, rust_2024_compatibility, unreachable_pub, unused, unused_qualifications)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements, let_underscore_drop, single_use_lifetimes)]
#![deny(unsafe_code, trivial_casts, unused_lifetimes, unused_results, variant_size_differences)]

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::metadata::Bearer;
use vestibule::{Call, Rest, Status, grpc_error, interceptor, require_metadata};

/// Logs.
#[interceptor]
async fn log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    println!("{} {:?}", call.method().path(), result);
    result
}

/// Authenticates.
#[interceptor]
async fn authenticate<'a>(secrets: &'a [String], #[metadata("authorization")] token: Bearer<'_>) -> Result<&'a str, Status> {
    secrets.iter().map(String::as_str).find(|secret| *secret == token.token()).ok_or_else(|| Status::unauthenticated(""))
}

/// An error of the calculator.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    /// A negative number.
    #[error("negative")]
    #[status(InvalidArgument)]
    Negative,
    /// Something else.
    #[error(transparent)]
    #[status(transparent)]
    Other(#[from] Status),
}

/// A calculator.
#[derive(Debug)]
pub struct Calculator {
    secrets: Vec<String>,
}

#[interceptor(log(), _unused_by_methods = authenticate(&self.secrets))]
impl Calculatrice for Calculator {
    #[require_metadata(_unused_by_handler: u32 = "request-id", code = NotFound, message = "no id")]
    async fn addition(
        &self,
        request: AdditionRequest,
        #[metadata("x-factor")] factor: Option<i32>,
    ) -> Result<AdditionResponse, CalcError> {
        if request.nombre1 < 0 {
            return Err(CalcError::Negative);
        }
        Ok(AdditionResponse { resultat: (request.nombre1 + request.nombre2) * factor.unwrap_or(1) })
    }
}

fn main() {
    let _server = CalculatriceServer::new(Calculator { secrets: Vec::new() });
}
