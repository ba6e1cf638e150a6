//! What interceptors cost that do nothing.

mod ours;
mod peers;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Request, Response, Status};

use crate::call::{request_alone, served};
use crate::case::Case;

/// What all chains stand before.
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

/// An expression as many times as there are tokens.
macro_rules! nested {
    ($wrap:path, $inner:expr;) => { $inner };
    ($wrap:path, $inner:expr; $head:tt $($tail:tt)*) => { nested!($wrap, $wrap($inner); $($tail)*) };
}
pub(crate) use nested;

pub(crate) fn cases() -> Vec<Case> {
    let whole = [
        Case::new("chain", "request alone", 0, request_alone),
        Case::new("chain", "tonic alone", 0, || served(ProbeServer::new(Bare))),
    ];
    [ours::methods(), whole.to_vec(), ours::cases(), peers::cases()].concat()
}
