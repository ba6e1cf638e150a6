use std::sync::Arc;

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Mount, Status, interceptor};

struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    let _ = Mount::from_arc(Arc::new(Calculator));
}
