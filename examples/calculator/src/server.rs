//! The service: the interceptors of an addition, and the addition.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tokio::sync::Semaphore;
use vestibule::{Mount, interceptor, require_metadata};
use vestibule_interceptors::{require, role};

use crate::access_log::access_log;
use crate::auth::{Auth, Caller, Credential, Role, authenticate};
use crate::error::CalcError;
use crate::in_flight::in_flight;
use crate::locale::Locale;
use crate::work::Work;

/// Adds positive numbers for clerks.
#[derive(Debug)]
pub struct Calculator {
    auth: Auth,
    slots: Semaphore,
    work: Work,
}

impl Calculator {
    /// Makes a calculator that accepts `max_in_flight` calls at a time.
    #[must_use]
    pub fn new(auth: Auth, max_in_flight: u32, work: Work) -> Self {
        Self { auth, slots: Semaphore::new(max_in_flight as usize), work }
    }

    /// Mounts the calculator, so that its chain rejects a call before the body is read.
    #[must_use]
    pub fn into_service(self) -> Mount<Self, CalculatriceServer<()>> {
        Mount::new(self)
    }
}

#[interceptor(access_log())]
#[require_metadata(credential: Credential<'_> = "authorization", message = "invalid token")]
#[interceptor(caller = authenticate(&self.auth, credential), each(access), in_flight(&self.slots))]
impl Calculatrice for Calculator {
    #[interceptor(access = require(caller, role(Role::Clerk)))]
    async fn addition(
        &self,
        request: AdditionRequest,
        caller: &Caller,
        #[metadata("locale")] locale: Option<Locale>,
    ) -> Result<AdditionResponse, CalcError> {
        self.work.done().await;
        let AdditionRequest { nombre1, nombre2 } = request;
        let locale = locale.unwrap_or_default();
        if nombre1 < 0 || nombre2 < 0 {
            return Err(CalcError::negative([("nombre1", nombre1), ("nombre2", nombre2)], locale));
        }
        let resultat = nombre1.checked_add(nombre2).ok_or(CalcError::Overflow { locale })?;
        tracing::info!(?caller, nombre1, nombre2, resultat);
        Ok(AdditionResponse { resultat })
    }
}
