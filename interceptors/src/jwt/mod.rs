mod age;
mod cache;
mod key;
mod source;
mod verify;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::Validation;
use serde::de::DeserializeOwned;
use tonic::Status;
use vestibule::metadata::Bearer;
use vestibule::{Call, Interceptor, Stateful, interceptor};

pub use cache::JwksCache;
pub use key::{InvalidKey, JwtKey};
pub use source::{FetchedKeys, KeySource, KeySourceError};

use verify::{Expected, Refused, verify};

/// Verifies the JWT in the metadata `authorization`, and provides its claims.
///
/// The claims are a type of yours. Later entries and handlers take them by name:
///
/// ```
/// use serde::Deserialize;
/// use vestibule_interceptors::{Jwt, JwtKey};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
///
/// #[derive(Deserialize)]
/// struct Claims {
///     sub: String,
/// }
///
/// struct Calculator {
///     jwt: Jwt<Claims>,
/// }
///
/// #[interceptor(caller = &self.jwt)]
/// impl Calculatrice for Calculator {
///     async fn addition(
///         &self,
///         request: AdditionRequest,
///         caller: &Claims,
///     ) -> Result<AdditionResponse, Status> {
///         println!("a call of {}", caller.sub);
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// # fn main() -> Result<(), vestibule_interceptors::InvalidKey> {
/// let key = JwtKey::hs256(b"a secret of 32 bytes, or of more")?;
/// let calculator = Calculator { jwt: Jwt::new([key], "calculator").issuer("https://login.example.com") };
/// # Ok(())
/// # }
/// ```
///
/// # Which tokens are accepted
///
/// | the token | is |
/// | --- | --- |
/// | has an `alg` that no key has, or `none` | refused |
/// | has a `kid`, and all keys have another id | refused |
/// | has a signature that no key verifies | refused |
/// | has no `exp`, or one that has passed by more than the leeway | refused |
/// | has an `nbf` that has not come yet, by more than the leeway | refused |
/// | has no `aud`, or does not name the audience in it | refused |
/// | has no `iss` or another one, and [`issuer`](Self::issuer) is set | refused |
/// | has `crit` | refused, because the claims may mean something else |
/// | has claims that are not those of the type | refused |
///
/// # What a client reads
///
/// | | |
/// | --- | --- |
/// | there is no `authorization`, or not one `Bearer <token>` | UNAUTHENTICATED, which says what is expected |
/// | the token has expired | UNAUTHENTICATED, `the token has expired`, so that the client gets a new one |
/// | the token is refused for another reason | UNAUTHENTICATED, `invalid token`, which tells an attacker nothing |
/// | a [`JwksCache`] has no keys | UNAVAILABLE |
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the metadata `authorization`, and the clock |
/// | writes | nothing |
/// | logs | DEBUG `a token was refused`, with `method` and `reason`, which may quote the token's claims |
/// | counts | nothing |
///
/// It belongs to the phase [`Authenticate`](vestibule::phase::Authenticate).
pub struct Jwt<C> {
    rules: Arc<Rules>,
    claims: PhantomData<fn() -> C>,
}

struct Rules {
    expected: Expected,
    validations: Vec<Validation>,
    keys: Keys,
}

#[derive(Clone, Debug)]
enum Keys {
    Static(Arc<[JwtKey]>),
    Cached(JwksCache),
}

impl<C> Jwt<C> {
    /// Accepts tokens for this audience that one of the keys verifies. The example of [`Jwt`] calls it.
    ///
    /// # Panics
    ///
    /// Panics if there is no key, because nobody could call.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = JwtKey>, audience: impl Into<String>) -> Self {
        let keys: Arc<[JwtKey]> = keys.into_iter().collect();
        assert!(!keys.is_empty(), "without a key, no token can be verified");
        Self::of(Expected::of(audience.into()), Keys::Static(keys))
    }

    /// Accepts tokens for this audience that a key of an issuer verifies. The example of [`JwksCache`] calls it.
    #[must_use]
    pub fn with_cache(keys: JwksCache, audience: impl Into<String>) -> Self {
        Self::of(Expected::of(audience.into()), Keys::Cached(keys))
    }

    /// Accepts only tokens of this issuer. Without this setting, `iss` is not looked at. The example of [`Jwt`] calls it.
    #[must_use]
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        self.expect(|expected| expected.issuer = Some(issuer.into()))
    }

    /// Sets by how much the clocks of the issuer and of this server may differ, in whole seconds. The default is one minute.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use vestibule_interceptors::{Jwt, JwtKey};
    /// # struct Claims;
    /// # fn make(key: JwtKey) -> Jwt<Claims> {
    /// Jwt::new([key], "calculator").leeway(Duration::from_secs(5))
    /// # }
    /// ```
    #[must_use]
    pub fn leeway(self, leeway: Duration) -> Self {
        self.expect(|expected| expected.leeway = leeway)
    }

    fn of(expected: Expected, keys: Keys) -> Self {
        let validations = expected.validations();
        Self { rules: Arc::new(Rules { expected, validations, keys }), claims: PhantomData }
    }

    fn expect(self, change: impl FnOnce(&mut Expected)) -> Self {
        let mut expected = self.rules.expected.clone();
        change(&mut expected);
        Self::of(expected, self.rules.keys.clone())
    }
}

impl<C: DeserializeOwned> Jwt<C> {
    /// Verifies a token that does not stand in `authorization`, for an interceptor of your own.
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor};
    /// use vestibule_interceptors::Jwt;
    /// # #[derive(serde::Deserialize)]
    /// # struct Claims;
    ///
    /// #[interceptor(phase = Authenticate)]
    /// async fn authenticate(call: &Call, jwt: &Jwt<Claims>) -> Result<Claims, Status> {
    ///     jwt.verify(call, call.get::<&str>("x-token")?).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the status for the client, if the token is refused or there are no keys.
    pub async fn verify(&self, call: &Call, token: &str) -> Result<C, Status> {
        let Rules { validations, keys, .. } = &*self.rules;
        let cache = match keys {
            Keys::Static(keys) => return verify(token, keys, validations).map_err(|it| refuse(call, &it)),
            Keys::Cached(cache) => cache,
        };
        let Some(keys) = cache.keys().await else {
            return Err(Status::unavailable("the keys for tokens are not available"));
        };
        let mut verified = verify(token, &keys, validations);
        if let Err(Refused::UnknownKey) = verified
            && let Some(keys) = cache.keys_with_new_ones().await
        {
            verified = verify(token, &keys, validations);
        }
        verified.map_err(|refused| refuse(call, &refused))
    }
}

#[cold]
fn refuse(call: &Call, refused: &Refused) -> Status {
    let (reason, text) = match refused {
        Refused::Expired => ("it has expired", "the token has expired"),
        Refused::UnknownKey => ("no key has its algorithm and its id", "invalid token"),
        Refused::Invalid(reason) => (reason.as_str(), "invalid token"),
    };
    tracing::debug!(target: "vestibule", method = call.method().path(), reason, "a token was refused");
    Status::unauthenticated(text)
}

impl<C> Stateful for Jwt<C> {}

#[interceptor(phase = Authenticate)]
impl<C: DeserializeOwned + Send + Sync + 'static> Interceptor for Jwt<C> {
    type Provides = C;
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<(C, ()), Status> {
        let bearer: Bearer<'_> = call.get("authorization")?;
        Ok((self.verify(call, bearer.token()).await?, ()))
    }
}

impl<C> Clone for Jwt<C> {
    fn clone(&self) -> Self {
        Self { rules: Arc::clone(&self.rules), claims: PhantomData }
    }
}

impl<C> fmt::Debug for Jwt<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rules { expected, keys, .. } = &*self.rules;
        f.debug_struct("Jwt").field("expected", expected).field("keys", keys).finish()
    }
}
