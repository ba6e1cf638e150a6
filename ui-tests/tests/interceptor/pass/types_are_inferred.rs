//! rustc infers the type of a value that must be `Send` from later code.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Mount, Status, interceptor};

fn sent<T: Send>(value: T) -> T {
    value
}

#[interceptor]
async fn limit(_of: i32) -> Result<(), Status> {
    Ok(())
}

struct Calculator;

#[interceptor(limit({
    let of = "1".parse().unwrap();
    let _ = sent(Some(&of));
    of
}))]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        let resultat = "1".parse().map_err(|_| Status::internal(""))?;
        let _ = sent(&resultat);
        Ok(AdditionResponse { resultat })
    }
}

fn main() {
    let _ = (Mount::new(Calculator), CalculatriceServer::new(Calculator));
}
