//! The work of each of the five, in functions that every service calls.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

pub(super) fn log(path: &str, code: Code, started: Instant) {
    black_box((path, code, started.elapsed()));
}

pub(super) struct Caller {
    role: u8,
}

pub(super) fn verify(token: &str) -> Result<Caller, Status> {
    match black_box(token) {
        "s3cret" => Ok(Caller { role: 2 }),
        _ => Err(Status::unauthenticated("invalid token")),
    }
}

pub(super) fn has_role(caller: &Caller, role: u8) -> Result<(), Status> {
    if caller.role >= role { Ok(()) } else { Err(Status::permission_denied("not for you")) }
}

pub(super) fn slot(slots: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
    Arc::clone(slots).try_acquire_owned().map_err(|_| Status::unavailable("too many calls in flight"))
}

pub(super) fn is_valid(text: &str) -> Result<(), Status> {
    if text.is_empty() { Err(Status::invalid_argument("text is empty")) } else { Ok(()) }
}

pub(super) fn bearer(metadata: &MetadataMap) -> Result<&str, Status> {
    let mut values = metadata.get_all("authorization").iter();
    let missing = || Status::unauthenticated("metadata `authorization` is missing");
    let value = values.next().ok_or_else(missing)?;
    let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    match (token, values.next()) {
        (Some(token), None) => Ok(token),
        _ => Err(Status::unauthenticated("metadata `authorization` is malformed")),
    }
}

pub(super) fn slots() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(1000))
}
