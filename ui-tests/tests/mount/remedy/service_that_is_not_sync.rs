use std::sync::atomic::{AtomicU32, Ordering};

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

struct Calculator {
    calls: AtomicU32,
}

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {}
