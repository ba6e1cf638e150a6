use std::sync::Arc;
use std::time::Duration;

use proto::calcul::AdditionRequest;
use proto::calcul::AdditionResponse as Sum;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use vestibule::{Call, Mount, Status, interceptor};

#[derive(Clone)]
pub struct NoReply;

#[interceptor]
impl Calculatrice for NoReply {
    async fn addition(&self, request: AdditionRequest) -> Result<Sum, Status> {
        tokio_sleep(Duration::from_secs(1)).await?;
        Ok(Sum { resultat: request.nombre1 })
    }
}

async fn tokio_sleep(_: Duration) -> Result<(), Status> {
    Ok(())
}

pub struct NoMessage;

#[interceptor]
impl Calculatrice for NoMessage {
    async fn addition(&self, _request: AdditionRequest) -> Result<Sum, Status> {
        Ok(Sum::default())
    }
}

pub struct BadKey;

#[interceptor]
impl Calculatrice for BadKey {
    async fn addition(&self, _request: AdditionRequest, #[metadata("a")] _a: &str) -> Result<Sum, Status> {
        Ok(Sum::default())
    }
}

pub struct Below<T>(T);

#[interceptor]
impl<T: Clone + Send + Sync + 'static> Calculatrice for Below<T> {
    async fn addition(&self, _request: AdditionRequest, call: &Call) -> Result<Sum, Status> {
        Err(Status::unknown(Arc::<str>::from(call.method().path()).to_string()))
    }
}

fn main() {
    let _ = (Mount::new(NoReply), Mount::new(NoMessage), Mount::new(BadKey), Mount::new(Below(1)));
}
