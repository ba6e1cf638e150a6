//! A program of its own: its crate attributes are those of the strictest of users.
//!
//! The expansion gives neither rustc nor clippy a reason to complain.
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(clippy::absolute_paths, clippy::allow_attributes_without_reason, clippy::clone_on_ref_ptr)]
#![deny(
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::missing_docs_in_private_items
)]
#![deny(
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::single_char_lifetime_names
)]
#![deny(clippy::unreachable, clippy::unwrap_used, clippy::question_mark_used, clippy::ref_patterns)]
use std::fmt::Error as FmtError;

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::details::HelpLink;
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
async fn authenticate<'secrets>(
    secrets: &'secrets [String],
    #[metadata("authorization")] token: Bearer<'_>,
) -> Result<&'secrets str, Status> {
    secrets
        .iter()
        .map(String::as_str)
        .find(|secret| *secret == token.token())
        .ok_or_else(|| Status::unauthenticated(""))
}

/// An error of the calculator.
#[grpc_error(domain = "calculator.example.com")]
#[derive(Debug, thiserror::Error)]
#[status(InvalidArgument)]
pub enum CalcError {
    /// A negative number.
    #[error("negative")]
    #[status(
        message = "{value} is negative",
        bad_request(field = "nombre", description = value),
        retry_info = "1s"
    )]
    Negative {
        /// Which.
        #[status(metadata)]
        value: i32,
        /// What it was.
        #[status(metadata)]
        hint: Option<String>,
        /// When.
        #[status(help)]
        links: Vec<HelpLink>,
    },
    /// A bug.
    #[error("bug")]
    #[status(Internal)]
    Bug(#[from] FmtError),
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
            return Err(CalcError::Negative { value: request.nombre1, hint: None, links: Vec::new() });
        }
        Ok(AdditionResponse { resultat: (request.nombre1 + request.nombre2) * factor.unwrap_or(1) })
    }
}

/// Two rpcs of the same types.
#[derive(Debug)]
pub struct Probing;

#[interceptor(log())]
impl Probe for Probing {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

#[test]
fn the_expansion_is_clean() {
    let _probe = ProbeServer::new(Probing);
    let _server = CalculatriceServer::new(Calculator { secrets: Vec::new() });
}
