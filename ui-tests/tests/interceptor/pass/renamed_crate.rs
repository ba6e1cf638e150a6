//! The crate has another name, as it has for crates that re-export it.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use toolbox::grpc::{Status, grpc_error, interceptor, require_metadata};

mod toolbox {
    pub use vestibule as grpc;
}

// A name that the expansion took from `::vestibule` would not be found here.
mod vestibule {}

#[interceptor(crate = crate::toolbox::grpc)]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<(), Status> {
    Ok(())
}

#[grpc_error(crate = toolbox::grpc)]
#[derive(Debug, thiserror::Error)]
#[error("negative")]
#[status(InvalidArgument)]
pub struct Negative;

pub struct Calculator;

#[require_metadata("request-id", crate = toolbox::grpc)]
#[interceptor(authenticate())]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Negative> {
        Err(Negative)
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}
