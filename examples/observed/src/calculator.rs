//! The calculator that the greeter asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Mount, Status, interceptor};
use vestibule_interceptors::SetRequestId;

use crate::observers::{Side, observe};

/// A calculator that is not ready when it is first called, so that its client tries again.
#[derive(Clone)]
pub(crate) struct Calculator {
    side: Side,
    is_ready: Arc<AtomicBool>,
}

impl Calculator {
    pub(crate) fn new(side: Side) -> Mount<Self, CalculatriceServer<()>> {
        Mount::new(Self { side, is_ready: Arc::default() })
    }
}

/// The request has the id that the greeter gave it.
fn is_local(call: &Call) -> bool {
    call.remote_addr().is_some_and(|addr| addr.ip().is_loopback())
}

#[interceptor(SetRequestId::new().trust(is_local), observe(&self.side))]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        if !self.is_ready.swap(true, Ordering::Relaxed) {
            return Err(Status::unavailable("still warming up"));
        }
        let sum = request.nombre1.checked_add(request.nombre2);
        let resultat = sum.ok_or_else(|| Status::out_of_range("the sum is too large"))?;
        Ok(AdditionResponse { resultat })
    }
}
