use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

pub struct Calculator<T> {
    pub bias: T,
}

#[interceptor]
impl<T: Clone + Into<i32>> Calculatrice for Calculator<T> {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        let bias: i32 = self.bias.clone().into();
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 + bias })
    }
}

fn main() {
    CalculatriceServer::new(Calculator { bias: 1 });
}
