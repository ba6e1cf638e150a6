use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Interceptor, Status, interceptor};
use vestibule_interceptors::InFlight;

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Observe)]
async fn log<S: Send + Sync>(_sink: &S) -> Result<(), Status> {
    Ok(())
}

/// The list of a function that is generic over types.
#[interceptor(authenticate(), log(sink))]
async fn base<S: Send + Sync>(sink: &S) -> Result<(), Status> {
    Ok(())
}

struct Calculator<S, I> {
    sink: S,
    in_flight: InFlight,
    interceptor: I,
}

#[interceptor(&self.interceptor, &self.in_flight, authenticate())]
impl<S: Send + Sync + 'static, I: Interceptor<Hooks = ()> + 'static> Calculatrice for Calculator<S, I> {
    #[interceptor(log(&self.sink))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    let interceptor = authenticate();
    let _ = base(&());
    CalculatriceServer::new(Calculator { sink: (), in_flight: InFlight::new(1), interceptor });
}
