use std::future::Future;
use std::pin::Pin;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Mount, Status, interceptor};

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<(), Status> {
    Ok(())
}

macro_rules! echo {
    () => {
        fn echo<'life0, 'async_trait>(
            &'life0 self,
            request: tonic::Request<Ping>,
        ) -> Pin<Box<dyn Future<Output = Result<tonic::Response<Pong>, Status>> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move { Ok(tonic::Response::new(Pong { text: request.into_inner().text })) })
        }
    };
}

pub struct Open;

#[interceptor(authenticate())]
impl Probe for Open {
    echo!();

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Open);
    let _ = Mount::new(Open);
}
