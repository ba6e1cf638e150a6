//! Errors that hold a secret, and services that fail with them.

use std::error::Error;

use proto::hello_stubs::greeter_server::{Greeter, GreeterServer};
use proto::hello_stubs::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use vestibule::{Streaming, grpc_error, interceptor};

use crate::support::ping;

pub(crate) const SECRET: &str = "correct-horse-battery";

#[derive(Debug, thiserror::Error)]
#[error("password is {SECRET}")]
pub(crate) struct Cause;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("failed with {SECRET}")]
pub(crate) enum Leaky {
    #[status(Internal)]
    Internal(#[source] Cause),
    #[status(Unknown)]
    Unknown(#[source] Cause),
    #[status(DataLoss)]
    DataLoss(#[source] Cause),
    #[error("there is nothing")]
    #[status(NotFound)]
    NotFound,
    #[status(Internal, expose)]
    Exposed,
    #[status(Unknown, expose, message = "said on purpose")]
    Worded,
}

impl Leaky {
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "INTERNAL" => Self::Internal(Cause),
            "UNKNOWN" => Self::Unknown(Cause),
            "DATA_LOSS" => Self::DataLoss(Cause),
            "NOT_FOUND" => Self::NotFound,
            "worded" => Self::Worded,
            _ => Self::Exposed,
        }
    }
}

pub(crate) struct Service;

#[interceptor]
impl Probe for Service {
    async fn echo(&self, request: Ping) -> Result<Pong, Leaky> {
        Err(Leaky::of(&request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Box<dyn Error + Send + Sync>> {
        Err(Leaky::of(&request.text))?
    }
}

#[derive(Clone)]
pub(crate) struct Streams;

#[interceptor]
#[rpc(default_stubs)]
impl Greeter for Streams {
    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Leaky>>, Leaky> {
        let responses = [Ok(HelloResponse { reply: "first".to_owned() }), Err(Leaky::of(&request.name))];
        Ok(tokio_stream::iter(responses))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, anyhow::Error>>, Leaky> {
        Ok(requests.map(|request| Err(Leaky::of(&request?.name).into())))
    }
}

pub(crate) fn say(text: &str) -> Request<Ping> {
    let mut request = ping(&[]);
    request.get_mut().text = text.to_owned();
    request
}

pub(crate) const REDACTED: [(&str, &str); 3] =
    [("INTERNAL", "internal error"), ("UNKNOWN", "unknown error"), ("DATA_LOSS", "data loss")];

/// Checks that a message is the fixed text with an id, and returns the id.
pub(crate) fn id(message: &str, text: &str) -> String {
    let id = message.strip_prefix(&format!("{text} (id ")).and_then(|rest| rest.strip_suffix(')'));
    let id = id.unwrap_or_else(|| panic!("{message}")).to_owned();
    assert!(id.len() == 8 && id.chars().all(|c| c.is_ascii_hexdigit()), "{id}");
    id
}
