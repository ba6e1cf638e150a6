//! Errors of any size.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::details::{FieldViolation, HelpLink, LocalizedMessage};
use vestibule::{Status, grpc_error, interceptor};

/// The size of headers that grpc's C core accepts, which is the smallest of all clients.
pub(crate) const LIMIT: usize = 8 * 1024;

#[grpc_error(domain = "size.example.com")]
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
#[status(FailedPrecondition)]
pub(crate) struct Large {
    #[status(default)]
    pub(crate) text: String,
    #[status(bad_request)]
    pub(crate) violations: Vec<FieldViolation>,
    #[status(localized_message)]
    pub(crate) localized: Option<LocalizedMessage>,
    #[status(help)]
    pub(crate) help: Vec<HelpLink>,
}

impl Large {
    pub(crate) fn new(text: String) -> Self {
        Self { text, violations: Vec::new(), localized: None, help: Vec::new() }
    }

    pub(crate) fn with_details(self, bytes: usize) -> Self {
        Self {
            violations: vec![FieldViolation::new("field", "d".repeat(bytes))],
            localized: Some(LocalizedMessage::new("fr", "m".repeat(bytes))),
            help: vec![HelpLink::new("h".repeat(bytes), "https://example.com")],
            ..self
        }
    }
}

/// Fails with the text of the request, with an error of ours or with a plain status.
pub(crate) struct Failing;

#[interceptor]
impl Probe for Failing {
    async fn echo(&self, request: Ping) -> Result<Pong, Large> {
        Err(Large::new(request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Err(Status::failed_precondition(request.text))
    }
}
