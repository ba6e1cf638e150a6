//! The user's own limit has the name of vestibule's, and it refers to something that outlives a call.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Interceptor, Mount, Status, interceptor};

struct InFlight<'a>(&'a Calculator);

impl<'a> InFlight<'a> {
    fn new(calculator: &'a Calculator) -> Self {
        Self(calculator)
    }
}

impl Interceptor for InFlight<'_> {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        if self.0.is_full { Err(Status::unavailable("full")) } else { Ok(((), ())) }
    }
}

struct Calculator {
    is_full: bool,
}

#[interceptor(InFlight::new(self))]
impl Calculatrice for Calculator {
    async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: 1 })
    }
}

fn main() {
    let _ = (Mount::new(Calculator { is_full: true }), CalculatriceServer::new(Calculator { is_full: false }));
}
