use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

#[derive(Clone, Copy)]
pub struct Account;

#[interceptor]
async fn account() -> Result<Account, Status> {
    Ok(Account)
}

#[interceptor]
async fn member(_account: Account) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(each(access))]
impl Calculatrice for Calculator {
    #[interceptor(account = account(), access = member(*account))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}
