// A method that is open replaces the policy of the impl, and skips the caller that this policy uses.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor, public};

struct Caller;

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<Caller, Status> {
    Err(Status::unauthenticated("no token"))
}

#[interceptor(phase = Authorize)]
async fn member(_caller: &Caller) -> Result<(), Status> {
    Ok(())
}

struct Calculator;

#[interceptor(caller = authenticate(), access = member(caller), each(access))]
impl Calculatrice for Calculator {
    #[skip(caller)]
    #[interceptor(access = public())]
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse::default())
    }
}

fn main() {
    let _server = CalculatriceServer::new(Calculator);
}
