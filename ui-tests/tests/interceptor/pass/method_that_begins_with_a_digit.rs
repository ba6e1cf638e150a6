//! tonic-build makes the method `_2fa` of the rpc `_2FA`. The expansion's names for two methods never collide.

#![deny(warnings)]

use proto::probe::{Ping, Pong};
use tonic::codegen::tokio_stream::Stream;
use vestibule::{Status, interceptor};

/// The trait as tonic-build writes it.
#[tonic::async_trait]
pub trait Codes: Send + Sync + 'static {
    async fn _1fa(&self, request: tonic::Request<Ping>) -> Result<tonic::Response<Pong>, tonic::Status>;

    async fn _1fa_chain(&self, request: tonic::Request<Ping>) -> Result<tonic::Response<Pong>, tonic::Status>;

    type _2FAStream: Stream<Item = Result<Pong, tonic::Status>> + Send + 'static;

    async fn _2fa(&self, request: tonic::Request<Ping>) -> Result<tonic::Response<Self::_2FAStream>, tonic::Status>;
}

pub struct CodesServer<T>(T);

impl<T> tonic::server::NamedService for CodesServer<T> {
    const NAME: &'static str = "codes.Codes";
}

#[derive(Clone)]
pub struct Service;

#[interceptor]
#[rpc(service = "codes.Codes")]
impl Codes for Service {
    #[rpc(name = "_1FA")]
    async fn _1fa(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    #[rpc(name = "_1FAChain")]
    async fn _1fa_chain(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    #[rpc(name = "_2FA")]
    async fn _2fa(&self, _request: Ping) -> Result<vestibule::Streaming<Pong>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    let _ = CodesServer(Service);
}
