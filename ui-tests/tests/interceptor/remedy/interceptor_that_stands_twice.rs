use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor]
async fn log() -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn authenticate(_tokens: &str) -> Result<u32, Status> {
    Ok(1)
}

#[interceptor]
async fn at_least(_limit: u32) -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn small(_request: &AdditionRequest) -> Result<(), Status> {
    Ok(())
}

/// The list of a function is checked too.
#[interceptor(outer = log(), inner = log())]
async fn base() -> Result<(), Status> {
    Ok(())
}

struct Calculator {
    tokens: String,
}

#[interceptor(outer = log(), caller = authenticate(&self.tokens), base(), at_least(1), inner = log())]
impl Calculatrice for Calculator {
    // Other arguments make another interceptor.
    #[interceptor(at_least(2), again_caller = authenticate(&self.tokens), again = log(), before = small(&request), after = small(&request))]
    async fn addition(&self, request: AdditionRequest, caller: &u32) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 + *caller as i32 })
    }
}

fn main() {
    let _ = base();
    CalculatriceServer::new(Calculator { tokens: String::new() });
}
