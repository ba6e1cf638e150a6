//! Which claims, keys and ids of keys `Jwt` accepts.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Level;
use vestibule::{Call, MethodInfo, Shape, Status};
use vestibule_interceptors::{Jwt, JwtKey};

use super::jwt::{Claims, SECRET, right};
use super::logged::logging;

const SAY_HELLO: &MethodInfo = &MethodInfo::new("/pb.Greeter/SayHello", Shape::Unary);
const INVALID: Result<(), &str> = Err("invalid token");
const EXPIRED: Result<(), &str> = Err("the token has expired");

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

/// Returns the claims of a token that is right, with some of them replaced. A claim of `null` is left out.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({ "sub": "ada", "aud": "calculator", "exp": now() + 600, "iss": "login" });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn signed(claims: &Value, secret: &[u8], kid: Option<&str>) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::default() };
    encode(&header, claims, &EncodingKey::from_secret(secret).unwrap()).unwrap()
}

fn key(secret: &[u8]) -> JwtKey {
    JwtKey::hs256(secret).unwrap()
}

fn jwt() -> Jwt<Claims> {
    Jwt::new([key(SECRET)], "calculator").issuer("login")
}

async fn verify(jwt: &Jwt<Claims>, token: &str) -> Result<Arc<Claims>, Status> {
    jwt.verify(&Call::new(SAY_HELLO, tonic::Request::new(())), token).await
}

async fn text(jwt: &Jwt<Claims>, token: &str) -> Result<(), String> {
    verify(jwt, token).await.map(|_| ()).map_err(|status| status.message().to_owned())
}

async fn assert_verified(jwt: &Jwt<Claims>, changes: Value, expected: Result<(), &str>) {
    let token = signed(&claims(&changes), SECRET, None);
    assert_eq!(text(jwt, &token).await, expected.map_err(str::to_owned), "{changes}");
}

#[tokio::test]
async fn each_claim_is_checked() {
    let now = now();
    for (changes, expected) in [
        (json!({}), Ok(())),
        (json!({ "exp": null }), INVALID),
        (json!({ "exp": "tomorrow" }), INVALID),
        (json!({ "exp": now - 600 }), EXPIRED),
        (json!({ "exp": now - 600, "sub": null }), EXPIRED),
        (json!({ "exp": now - 600, "sub": 7 }), EXPIRED),
        (json!({ "nbf": now + 600 }), INVALID),
        (json!({ "nbf": now - 600 }), Ok(())),
        (json!({ "aud": null }), INVALID),
        (json!({ "aud": "greeter" }), INVALID),
        (json!({ "aud": "calculator2" }), INVALID),
        (json!({ "aud": [] }), INVALID),
        (json!({ "aud": ["greeter", "calculator"] }), Ok(())),
        (json!({ "aud": { "calculator": true } }), INVALID),
        (json!({ "iss": null }), INVALID),
        (json!({ "iss": "login2" }), INVALID),
        // RFC 7519 has one issuer. jsonwebtoken also accepts a list that names it, and only a key of the issuer can sign that.
        (json!({ "iss": ["login", "login2"] }), Ok(())),
        (json!({ "iss": ["login2"] }), INVALID),
        (json!({ "sub": null }), INVALID),
        (json!({ "sub": 7 }), INVALID),
    ] {
        assert_verified(&jwt(), changes, expected).await;
    }
    let of_any_issuer = Jwt::new([key(SECRET)], "calculator");
    assert_verified(&of_any_issuer, json!({ "iss": null }), Ok(())).await;
}

#[tokio::test]
async fn the_leeway_is_the_difference_of_two_clocks() {
    let jwt = jwt().leeway(Duration::from_secs(600));
    let now = now();
    // Ten seconds are left for the test itself.
    for (changes, expected) in [
        (json!({ "exp": now - 590 }), Ok(())),
        (json!({ "exp": now - 610 }), EXPIRED),
        (json!({ "nbf": now + 590 }), Ok(())),
        (json!({ "nbf": now + 620 }), INVALID),
    ] {
        assert_verified(&jwt, changes, expected).await;
    }
}

#[tokio::test]
async fn the_leeway_is_a_day_at_most() {
    let jwt = jwt().leeway(Duration::MAX);
    assert_verified(&jwt, json!({ "exp": now() - 23 * 3600 }), Ok(())).await;
    assert_verified(&jwt, json!({ "exp": now() - 25 * 3600 }), EXPIRED).await;
}

#[tokio::test]
async fn an_id_names_the_key() {
    let (first, second) = (&[1; 32], &[2; 32]);
    let jwt = Jwt::new([key(first).id("first"), key(second).id("second")], "calculator");
    let claims = claims(&json!({}));
    for (secret, kid, expected) in [
        (first, Some("first"), Ok(())),
        (second, Some("second"), Ok(())),
        (second, None, Ok(())),
        (second, Some("first"), INVALID),
        (second, Some("third"), INVALID),
        (&[3; 32], None, INVALID),
    ] {
        let token = signed(&claims, secret, kid);
        assert_eq!(text(&jwt, &token).await, expected.map_err(str::to_owned), "{secret:?} {kid:?}");
    }
    // A key without an id is tried for each.
    let jwt = Jwt::new([key(first), key(second).id("second")], "calculator");
    assert_eq!(text(&jwt, &signed(&claims, first, Some("third"))).await, Ok(()));
}

#[tokio::test]
async fn a_token_without_an_id_is_tried_with_eight_keys() {
    let secret = |number| [number; 32];
    let jwt = Jwt::new((1..=9).map(|number| key(&secret(number)).id(number.to_string())), "calculator");
    let claims = claims(&json!({}));
    assert_eq!(text(&jwt, &signed(&claims, &secret(8), None)).await, Ok(()));
    assert_eq!(text(&jwt, &signed(&claims, &secret(9), None)).await, INVALID.map_err(str::to_owned));
    assert_eq!(text(&jwt, &signed(&claims, &secret(9), Some("9"))).await, Ok(()));
}

#[test]
fn the_reason_is_that_of_the_key_with_the_right_signature() {
    logging(Level::DEBUG, async |log| {
        let jwt = Jwt::<Claims>::new([key(SECRET), key(&[2; 32])], "calculator");
        let token = signed(&claims(&json!({ "aud": "greeter" })), SECRET, None);
        verify(&jwt, &token).await.unwrap_err();
        assert!(log.text().contains("InvalidAudience"), "{}", log.text());
    });
}

#[tokio::test]
async fn keys_in_pem_have_one_algorithm() {
    let pem = |name: &str| std::fs::read(format!("tests/keys/{name}.pub.pem")).unwrap();
    let keys = [
        ("RS256", JwtKey::rs256_pem(&pem("rsa"))),
        ("PS256", JwtKey::ps256_pem(&pem("rsa"))),
        ("ES256", JwtKey::es256_pem(&pem("p256"))),
        ("ES384", JwtKey::es384_pem(&pem("p384"))),
        ("EdDSA", JwtKey::ed25519_pem(&pem("ed25519"))),
    ];
    for (of_key, key) in keys {
        let jwt = Jwt::new([key.unwrap()], "calculator");
        for of_token in ["HS256", "RS256", "PS256", "ES256", "ES384", "EdDSA"] {
            let expected = if of_key == of_token { Ok(()) } else { INVALID };
            let verified = text(&jwt, right(of_token)).await;
            assert_eq!(verified, expected.map_err(str::to_owned), "{of_key} {of_token}");
        }
    }
}

#[test]
fn a_key_of_another_type_is_an_error() {
    let pem = |name: &str| std::fs::read(format!("tests/keys/{name}.pub.pem")).unwrap();
    for key in [
        JwtKey::rs256_pem(&pem("p256")),
        JwtKey::ps256_pem(&pem("ed25519")),
        JwtKey::es256_pem(&pem("rsa")),
        JwtKey::es384_pem(&pem("ed25519")),
        JwtKey::ed25519_pem(&pem("p256")),
        JwtKey::rs256_pem(b"no PEM"),
    ] {
        key.unwrap_err();
    }
}

#[test]
#[should_panic(expected = "without a key, no token can be verified")]
fn nobody_could_call_without_a_key() {
    let _ = Jwt::<Claims>::new([], "calculator");
}

/// Counts how often claims are made from the text of a token.
#[derive(Deserialize)]
#[serde(from = "Claims")]
struct Counted(Arc<Claims>);

impl From<Claims> for Counted {
    fn from(claims: Claims) -> Self {
        Self(Arc::new(claims))
    }
}

#[tokio::test]
async fn a_token_that_is_remembered_has_the_same_claims_and_settings_forget_it() {
    let jwt = Jwt::<Counted>::new([key(SECRET)], "calculator");
    let verify = async |jwt: &Jwt<Counted>, token: &str| {
        jwt.verify(&Call::new(SAY_HELLO, tonic::Request::new(())), token).await.map(|claims| claims.0.clone())
    };
    let token = signed(&claims(&json!({})), SECRET, None);
    let is_same = |first: &Arc<Claims>, second: &Arc<Claims>| Arc::ptr_eq(first, second);
    let [first, second] = [verify(&jwt, &token).await.unwrap(), verify(&jwt, &token).await.unwrap()];
    assert!(!is_same(&first, &second));
    let jwt = jwt.remember(100);
    let [first, second] = [verify(&jwt, &token).await.unwrap(), verify(&jwt.clone(), &token).await.unwrap()];
    assert!(is_same(&first, &second));
    // The rules have changed.
    let jwt = jwt.issuer("another");
    assert!(verify(&jwt, &token).await.is_err());
}

#[tokio::test]
async fn a_token_within_the_leeway_is_not_remembered() {
    let jwt = Jwt::<Counted>::new([key(SECRET)], "calculator").remember(100);
    let call = Call::new(SAY_HELLO, tonic::Request::new(()));
    let token = signed(&claims(&json!({ "exp": now() - 10 })), SECRET, None);
    let [first, second] = [(); 2].map(|()| jwt.verify(&call, &token));
    assert!(!Arc::ptr_eq(&first.await.unwrap().0, &second.await.unwrap().0));
}
