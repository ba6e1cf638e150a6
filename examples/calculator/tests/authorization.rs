//! Authentication and roles: which calls are accepted, and what the others read.

mod support;

use calculator::auth::{Auth, Credential, STATIC_TOKEN};
use calculator::client;
use calculator::server::Calculator;
use calculator::work::Work;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde::Serialize;
use support::{SECRET, TOKEN, add, calculator, key, started};
use vestibule::FromMetadata;

const REFUSED: &str = "UNAUTHENTICATED: invalid token";
const EXPIRED: &str = "UNAUTHENTICATED: the token has expired";
const NO_CLERK: &str = "PERMISSION_DENIED: needs another role";

const ANOTHER: &str = "another secret, which has 32 bytes";

/// The claims that a client may send, all of them optional.
#[derive(Default, Serialize)]
struct Claims {
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'static str>,
    roles: &'static [&'static str],
}

fn valid() -> Claims {
    let exp = Some(get_current_timestamp() + 60);
    Claims { sub: Some("ada"), exp, nbf: None, aud: Some("calculator"), roles: &["clerk"] }
}

fn sign(claims: &Claims, algorithm: Algorithm, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes()).expect("a secret");
    encode(&Header::new(algorithm), claims, &key).expect("claims")
}

/// Returns the answer to `10 + 5` with this `authorization`.
async fn answer_to(authorization: &str) -> String {
    add(calculator().await, (10, 5), &[("authorization", authorization)]).await
}

/// Returns the answer to `10 + 5` with the JWT of these claims.
async fn answer_to_claims(claims: &Claims) -> String {
    answer_to(&format!("Bearer {}", sign(claims, Algorithm::HS256, SECRET))).await
}

#[tokio::test]
async fn the_static_token_is_accepted() {
    assert_eq!(answer_to(STATIC_TOKEN).await, "15");
}

#[tokio::test]
async fn a_signed_jwt_is_accepted() {
    assert_eq!(answer_to_claims(&valid()).await, "15");
    assert_eq!(answer_to_claims(&Claims { sub: None, ..valid() }).await, "15");
}

#[tokio::test]
async fn a_missing_token_is_refused() {
    assert_eq!(add(calculator().await, (10, 5), &[]).await, REFUSED);
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    for wrong in ["not-the-token", "mon-secret-toke", "mon-secret-token2", "Mon-secret-token", ""] {
        assert_eq!(answer_to(wrong).await, REFUSED, "{wrong:?}");
    }
}

#[tokio::test]
async fn the_static_token_must_be_the_whole_value() {
    for wrong in ["Bearer mon-secret-token", "mon-secret-token, x", "x mon-secret-token"] {
        assert_eq!(answer_to(wrong).await, REFUSED, "{wrong:?}");
    }
}

#[tokio::test]
async fn a_malformed_value_is_refused() {
    for malformed in ["Bearer", "Bearer ", "Bearer a b", "Bearer a.b.c", "Bearer ..", "Basic YTpi", "clé"] {
        assert_eq!(answer_to(malformed).await, REFUSED, "{malformed:?}");
    }
}

#[tokio::test]
async fn a_repeated_token_is_refused() {
    let addr = calculator().await;
    assert_eq!(add(addr, (10, 5), &[TOKEN, TOKEN]).await, REFUSED);
    assert_eq!(add(addr, (10, 5), &[TOKEN, ("authorization", "x")]).await, REFUSED);
}

#[tokio::test]
async fn an_expired_jwt_is_refused_and_the_client_learns_why() {
    let now = get_current_timestamp();
    for exp in [now - 90, now - 3600, 0] {
        assert_eq!(answer_to_claims(&Claims { exp: Some(exp), ..valid() }).await, EXPIRED, "{exp}");
    }
}

#[tokio::test]
async fn the_clocks_may_differ_by_a_minute() {
    let now = get_current_timestamp();
    assert_eq!(answer_to_claims(&Claims { exp: Some(now - 30), ..valid() }).await, "15");
    assert_eq!(answer_to_claims(&Claims { nbf: Some(now + 30), ..valid() }).await, "15");
}

#[tokio::test]
async fn a_jwt_for_another_service_is_refused() {
    for aud in [None, Some("greeter")] {
        assert_eq!(answer_to_claims(&Claims { aud, ..valid() }).await, REFUSED, "{aud:?}");
    }
}

#[tokio::test]
async fn only_a_clerk_may_add() {
    for (roles, expected) in [
        (&["clerk"][..], "15"),
        (&["auditor", "clerk"], "15"),
        (&["auditor"], NO_CLERK),
        (&[], NO_CLERK),
        // Nobody knows what such a role may do.
        (&["clerk", "admin"], REFUSED),
    ] {
        assert_eq!(answer_to_claims(&Claims { roles, ..valid() }).await, expected, "{roles:?}");
    }
}

#[tokio::test]
async fn a_jwt_that_never_expires_is_refused() {
    assert_eq!(answer_to_claims(&Claims { exp: None, ..valid() }).await, REFUSED);
}

#[tokio::test]
async fn a_jwt_is_refused_before_its_time() {
    let nbf = Some(get_current_timestamp() + 90);
    assert_eq!(answer_to_claims(&Claims { nbf, ..valid() }).await, REFUSED);
}

#[tokio::test]
async fn a_jwt_signed_with_another_secret_is_refused() {
    let jwt = sign(&valid(), Algorithm::HS256, ANOTHER);
    assert_eq!(answer_to(&format!("Bearer {jwt}")).await, REFUSED);
}

#[tokio::test]
async fn a_jwt_with_another_algorithm_is_refused() {
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let jwt = sign(&valid(), algorithm, SECRET);
        assert_eq!(answer_to(&format!("Bearer {jwt}")).await, REFUSED, "{algorithm:?}");
    }
}

#[tokio::test]
async fn a_jwt_without_a_signature_is_refused() {
    let jwt = sign(&valid(), Algorithm::HS256, SECRET);
    let [header, claims, signature] = jwt.split('.').collect::<Vec<_>>().try_into().expect("three parts");
    // This is {"alg":"none"} in base64.
    let none = "eyJhbGciOiJub25lIn0";
    for unsigned in [
        format!("{none}.{claims}."),
        format!("{none}.{claims}"),
        format!("{none}.{claims}.{signature}"),
        format!("{header}.{claims}."),
    ] {
        assert_eq!(answer_to(&format!("Bearer {unsigned}")).await, REFUSED, "{unsigned}");
    }
}

#[tokio::test]
async fn without_a_secret_only_the_static_token_is_accepted() {
    let addr = started(Calculator::new(Auth::new(None), 100, Work::None)).await;
    assert_eq!(add(addr, (10, 5), &[TOKEN]).await, "15");
    for secret in [ANOTHER, SECRET] {
        let bearer = format!("Bearer {}", sign(&valid(), Algorithm::HS256, secret));
        assert_eq!(add(addr, (10, 5), &[("authorization", &bearer)]).await, REFUSED, "{secret:?}");
    }
}

#[test]
fn no_secret_shows_in_debug() {
    let credential = |value| Credential::from_metadata(value).expect("every text is a credential");
    assert_eq!(format!("{:?}", credential(STATIC_TOKEN)), "Token(..)");
    assert_eq!(format!("{:?}", credential("Bearer a.b.c")), "Jwt(..)");
    assert_eq!(format!("{:?}", client::token(STATIC_TOKEN).expect("ASCII")), "Sensitive");
    let auth = format!("{:?}", Auth::new(Some(key(SECRET))));
    assert!(auth.contains("HS256") && !auth.contains(SECRET), "{auth}");
}
