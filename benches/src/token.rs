//! The cost of a token that is verified, and of a policy. The tokens are those of other libraries, from the tests.

use std::sync::LazyLock;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use serde::Deserialize;
use tonic::metadata::MetadataMap;
use vestibule::metadata::Bearer;
use vestibule::{Status, interceptor};
use vestibule_interceptors::{HasScope, Jwt, JwtKey, any, owner, require, scope};

use crate::call::call_method_with;
use crate::case::{Case, Routine};

const SECRET: &[u8] = b"the secret of the tests has 32 bytes";

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

impl HasScope for Claims {
    fn has_scope(&self, scope: &str) -> bool {
        scope == self.sub
    }
}

/// Returns the first token with this algorithm and without a mistake.
fn token(algorithm: &str) -> &'static str {
    let lines = include_str!("../../interceptors/tests/keys/tokens.tsv").lines().skip(1);
    let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    let mut right = fields.filter(|fields| fields[1] == algorithm && fields[2].is_empty());
    right.next().expect("there is one")[3]
}

/// Compares the token with one text.
#[interceptor(phase = Authenticate)]
async fn compared(#[metadata("authorization")] token: Bearer<'_>) -> Result<(), Status> {
    static RIGHT: LazyLock<&str> = LazyLock::new(|| self::token("HS256"));
    if token.token() == *RIGHT { Ok(()) } else { Err(Status::unauthenticated("another token")) }
}

struct Compares;

#[interceptor(compared())]
impl Probe for Compares {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// `echo` has a token, and `get_url` a policy as well.
struct Verifies(Jwt<Claims>);

#[interceptor(caller = &self.0)]
impl Probe for Verifies {
    async fn echo(&self, request: Ping, _caller: &Claims) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    #[interceptor(require(caller, any((owner(false), scope("ada")))))]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// Verifies the token in the method, as it is written without `Jwt`.
struct ByHand(DecodingKey, Validation);

#[interceptor]
impl Probe for ByHand {
    async fn echo(
        &self,
        request: Ping,
        #[metadata("authorization")] token: Bearer<'_>,
    ) -> Result<Pong, Status> {
        let decoded = decode::<Claims>(token.token(), &self.0, &self.1);
        decoded.map_err(|_| Status::unauthenticated("invalid token"))?;
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

fn metadata(algorithm: &str) -> MetadataMap {
    let mut metadata = MetadataMap::new();
    let value = format!("Bearer {}", token(algorithm)).parse().expect("a token is ASCII");
    metadata.insert("authorization", value);
    metadata
}

fn jwt() -> Jwt<Claims> {
    let of_set = JwtKey::from_jwk_set(include_bytes!("../../interceptors/tests/keys/jwks.json"));
    let keys = of_set.expect("a set").into_iter().chain([JwtKey::hs256(SECRET).expect("32 bytes")]);
    Jwt::new(keys, "calculator")
}

fn echo<S: Probe>(algorithm: &str, service: S) -> Routine {
    // The future of a call borrows the service.
    let service: &'static S = Box::leak(Box::new(service));
    call_method_with(metadata(algorithm), move |request| service.echo(request))
}

fn by_hand() -> Routine {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["calculator"]);
    validation.set_required_spec_claims(&["exp", "aud"]);
    echo("HS256", ByHand(DecodingKey::from_secret(SECRET).expect("not empty"), validation))
}

fn with_policy() -> Routine {
    let service: &'static _ = Box::leak(Box::new(Verifies(jwt().remember(100))));
    call_method_with(metadata("HS256"), move |request| service.get_url(request))
}

pub(crate) fn cases() -> Vec<Case> {
    const GROUP: &str = "token";
    vec![
        Case::new(GROUP, "a token that is compared", 1, || echo("HS256", Compares)),
        Case::new(GROUP, "Jwt, remembered", 1, || echo("HS256", Verifies(jwt().remember(100)))),
        Case::new(GROUP, "Jwt, remembered, and a policy", 2, with_policy),
        Case::new(GROUP, "Jwt, HS256", 1, || echo("HS256", Verifies(jwt()))),
        Case::new(GROUP, "jsonwebtoken in the method, HS256", 0, by_hand),
        Case::new(GROUP, "Jwt, ES256", 1, || echo("ES256", Verifies(jwt()))),
        Case::new(GROUP, "Jwt, RS256", 1, || echo("RS256", Verifies(jwt()))),
    ]
}
