//! Parameters and errors, compared with code by hand.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};
use vestibule::metadata::Bearer;
use vestibule::{grpc_error, interceptor};

use crate::call::call_method;
use crate::case::{Case, Routine};

// ===== Metadata =====

struct Parameters;

#[interceptor]
impl Probe for Parameters {
    async fn echo(
        &self,
        request: Ping,
        #[metadata("authorization")] token: Bearer<'_>,
        #[metadata("request-id")] id: &str,
        #[metadata("x-limit")] limit: Option<u32>,
    ) -> Result<Pong, Status> {
        Ok(pong(request, token.token(), id, limit))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request, "", "", None))
    }
}

fn pong(request: Ping, token: &str, id: &str, limit: Option<u32>) -> Pong {
    std::hint::black_box((token, id, limit));
    Pong { text: request.text }
}

struct ByHand;

impl ByHand {
    fn read(request: &Request<Ping>) -> Result<(&str, &str, Option<u32>), Status> {
        let text = |key: &str| {
            let value = request.metadata().get(key).map(|value| value.to_str());
            value.transpose().map_err(|_| Status::invalid_argument(format!("metadata `{key}` is malformed")))
        };
        let token = text("authorization")?.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or_else(|| Status::unauthenticated("metadata `authorization` is missing"))?;
        let id = text("request-id")?
            .ok_or_else(|| Status::invalid_argument("metadata `request-id` is missing"))?;
        let limit = text("x-limit")?.map(str::parse).transpose();
        let limit = limit.map_err(|_| Status::invalid_argument("metadata `x-limit` is malformed"))?;
        Ok((token, id, limit))
    }
}

#[tonic::async_trait]
impl Probe for ByHand {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        let (token, id, limit) = Self::read(&request)?;
        let (token, id) = (token.to_owned(), id.to_owned());
        Ok(Response::new(pong(request.into_inner(), &token, &id, limit)))
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(pong(request.into_inner(), "", "", None)))
    }
}

// ===== Errors =====

#[grpc_error(domain = "bench.example.com")]
#[derive(Debug)]
enum Failure {
    #[status(
        InvalidArgument,
        message = "numbers must be positive",
        bad_request(field = "number", description = "is negative")
    )]
    Negative,
}

fn generated() -> Routine {
    Box::new(|| drop(std::hint::black_box(Status::from(Failure::Negative))))
}

fn by_hand() -> Routine {
    Box::new(|| {
        let mut details = ErrorDetails::with_bad_request_violation("number", "is negative");
        details.set_error_info("NEGATIVE", "bench.example.com", std::collections::HashMap::new());
        let status = Status::with_error_details(Code::InvalidArgument, "numbers must be positive", details);
        drop(std::hint::black_box(status));
    })
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("three keys of metadata", "by hand", 0, || call_method(|request| ByHand.echo(request))),
        Case::new("three keys of metadata", "vestibule", 0, || {
            call_method(|request| Parameters.echo(request))
        }),
        Case::new("an error with details", "by hand", 0, by_hand),
        Case::new("an error with details", "vestibule", 0, generated),
    ]
}
