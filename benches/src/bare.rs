//! A service without interceptors: the row `tonic alone`, and what the other chains stand in front of.

use proto::probe::probe_server::Probe;
use proto::probe::{Ping, Pong};
use tonic::{Request, Response, Status};

/// Answers with the text of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare;

#[tonic::async_trait]
impl Probe for Bare {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        Ok(Response::new(Pong { text: request.into_inner().text }))
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.echo(request).await
    }
}
