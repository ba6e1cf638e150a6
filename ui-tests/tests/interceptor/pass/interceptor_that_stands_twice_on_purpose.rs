//! Two names say that an interceptor may stand in a chain twice. rustc does not warn that nobody uses these names.
#![deny(warnings)]

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn log() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn small(_request: &AdditionRequest) -> Result<(), Status> {
    Ok(())
}

#[interceptor(outer = log(), inner = log())]
async fn base() -> Result<(), Status> {
    Ok(())
}

struct Calculator;

#[interceptor(outer = log(), base())]
impl Calculatrice for Calculator {
    #[interceptor(inner = log(), before = small(&request), after = small(&request))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

struct Replaced;

/// A method's own policy replaces that of the impl, and so it may be the same one.
#[interceptor(log = log(), access = vestibule::public(), each(access))]
impl Calculatrice for Replaced {
    #[skip(log)]
    #[interceptor(access = vestibule::public(), log())]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
    CalculatriceServer::new(Replaced);
}
