use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::metadata::MetadataMap;
use vestibule::extract::RemoteAddr;
use vestibule::{Status, interceptor};

pub struct Calculator;

#[interceptor]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        request: AdditionRequest,
        addr: RemoteAddr,
        metadata: MetadataMap,
        peer: Option<RemoteAddr>,
    ) -> Result<AdditionResponse, Status> {
        let _ = (addr, metadata, peer);
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}
