//! The five as a list of vestibule's interceptors.

use std::sync::Arc;
use std::time::Instant;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Code, Status};
use vestibule::metadata::Bearer;
use vestibule::{Call, Hooks, Interceptor, Method, Rest, interceptor};

use super::work::{Caller, has_role, is_valid, log, slot, verify};

#[interceptor]
async fn access_log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    let started = Instant::now();
    let result = rest.await;
    log(call.method().path(), result.as_ref().err().map_or(Code::Ok, Status::code), started);
    result
}

#[interceptor]
async fn authenticate(#[metadata("authorization")] token: Bearer<'_>) -> Result<Caller, Status> {
    verify(token.token())
}

#[interceptor]
async fn require_role(caller: &Caller, role: u8) -> Result<(), Status> {
    has_role(caller, role)
}

#[interceptor]
async fn in_flight(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
    slot(slots)
}

trait Validate {
    fn validate(&self) -> Result<(), Status>;
}

impl Validate for Ping {
    fn validate(&self) -> Result<(), Status> {
        is_valid(&self.text)
    }
}

#[derive(Clone, Copy)]
struct Validated;

impl Interceptor for Validated {
    type Provides = ();
    type Hooks = Self;

    async fn start(&self, _call: &Call) -> Result<((), Self), Status> {
        Ok(((), *self))
    }
}

impl<M: Method<Request: Validate>> Hooks<M> for Validated {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        message.validate()
    }
}

#[derive(Clone)]
pub(super) struct Annotated(pub(super) Arc<Semaphore>);

#[interceptor(
    access_log(),
    caller = authenticate(),
    require_role(caller, 1),
    _slot = in_flight(&self.0),
    Validated
)]
impl Probe for Annotated {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}
