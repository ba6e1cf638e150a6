//! The service: its callers have tokens with a scope.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use serde::Deserialize;
use vestibule::{Mount, Status, interceptor};
use vestibule_interceptors::{HasScope, JwksCache, Jwt, Scopes, require, scope};

use crate::https_keys::HttpsKeys;

/// The audience of the tokens for this service.
pub const AUDIENCE: &str = "calculator";

/// What a token says.
#[derive(Debug, Deserialize)]
pub struct Claims {
    #[serde(default)]
    scope: Scopes,
}

impl HasScope for Claims {
    fn has_scope(&self, scope: &str) -> bool {
        self.scope.has_scope(scope)
    }
}

/// Adds for callers with the scope `calculator:add`.
#[derive(Clone, Debug)]
pub struct Calculator {
    jwt: Jwt<Claims>,
}

impl Calculator {
    /// Makes a calculator that believes the issuer with these keys.
    #[must_use]
    pub fn new(keys: HttpsKeys) -> Self {
        // A token of Ed25519 takes some 40 µs. One that comes again takes none of them.
        let jwt = Jwt::with_cache(JwksCache::new(keys), AUDIENCE).remember(10_000);
        Self { jwt }
    }

    /// Mounts the calculator, so that a call without a right token is refused before its message is read.
    #[must_use]
    pub fn into_service(self) -> Mount<Self, CalculatriceServer<()>> {
        Mount::new(self)
    }
}

#[interceptor(caller = &self.jwt, each(access))]
impl Calculatrice for Calculator {
    #[interceptor(access = require(caller, scope("calculator:add")))]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        let AdditionRequest { nombre1, nombre2 } = request;
        let sum = nombre1.checked_add(nombre2).ok_or_else(|| Status::out_of_range("the sum is too large"))?;
        Ok(AdditionResponse { resultat: sum })
    }
}
