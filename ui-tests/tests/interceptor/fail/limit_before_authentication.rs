use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::{Call, Interceptor, interceptor};

pub struct Quota;

#[interceptor(phase = Limit)]
impl Interceptor for Quota {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }
}

pub struct Caller;

#[interceptor(phase = Authenticate)]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor(phase = Authorize)]
async fn role(_caller: &Caller) -> Result<(), Status> {
    Ok(())
}

pub struct Calculator {
    quota: Quota,
}

#[interceptor(&self.quota, caller = authenticate())]
impl Calculatrice for Calculator {
    #[interceptor(access = role(caller))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator { quota: Quota });
}
