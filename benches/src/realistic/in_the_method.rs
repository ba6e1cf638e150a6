//! The five by hand, in the method: the lower bound.

use std::sync::Arc;
use std::time::Instant;

use proto::probe::probe_server::Probe;
use proto::probe::{Ping, Pong};
use tokio::sync::Semaphore;
use tonic::{Code, Request, Response, Status};

use super::work::{bearer, has_role, is_valid, log, slot, verify};

#[derive(Clone)]
pub(super) struct InTheMethod(pub(super) Arc<Semaphore>);

impl InTheMethod {
    fn respond(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        let caller = verify(bearer(request.metadata())?)?;
        has_role(&caller, 1)?;
        let _slot = slot(&self.0)?;
        is_valid(&request.get_ref().text)?;
        Ok(Response::new(Pong { text: request.into_inner().text }))
    }
}

#[tonic::async_trait]
impl Probe for InTheMethod {
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        let started = Instant::now();
        let result = self.respond(request);
        log("/probe.Probe/Echo", result.as_ref().err().map_or(Code::Ok, Status::code), started);
        result
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        self.echo(request).await
    }
}
