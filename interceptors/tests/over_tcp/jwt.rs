//! `Jwt` accepts the tokens of other libraries, and refuses what is wrong with them.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use serde::Deserialize;
use tokio_stream::Stream;
use tonic::{Code, Request};
use tracing::Level;
use vestibule::{Status, Streaming, interceptor};
use vestibule_interceptors::{Jwt, JwtKey};

use super::logged::logging;
use super::slow::reply;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in};

in_every_setup!(
    tokens_of_other_libraries_are_accepted,
    wrong_tokens_are_refused_without_a_reason,
    a_call_needs_one_bearer_token,
    each_shape_needs_a_token,
);
in_every_setup!(sync an_operator_learns_the_reason);

pub(super) const SECRET: &[u8] = b"the secret of the tests has 32 bytes";
const JWKS: &[u8] = include_bytes!("../keys/jwks.json");

#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
}

#[derive(Clone, Debug)]
struct Known(Jwt<Claims>);

#[interceptor(caller = &self.0)]
impl Greeter for Known {
    async fn say_hello(&self, _: HelloRequest, caller: &Claims) -> Result<HelloResponse, Status> {
        Ok(reply(&*caller.sub))
    }

    async fn lots_of_replies(
        &self,
        _: HelloRequest,
        caller: &Claims,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply(&*caller.sub))))
    }

    async fn lots_of_greetings(
        &self,
        _: Streaming<HelloRequest>,
        caller: &Claims,
    ) -> Result<HelloResponse, Status> {
        Ok(reply(&*caller.sub))
    }

    async fn bidi_hello(
        &self,
        _: Streaming<HelloRequest>,
        caller: &Claims,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
        Ok(tokio_stream::once(Ok(reply(&*caller.sub))))
    }
}

/// A token of another library. `wrong` is empty if it is right.
pub(super) struct Foreign {
    library: &'static str,
    algorithm: &'static str,
    wrong: &'static str,
    token: &'static str,
}

fn foreign() -> impl Iterator<Item = Foreign> {
    let lines = include_str!("../keys/tokens.tsv").lines().skip(1);
    lines.map(|line| {
        let mut fields = line.split('\t');
        let [library, algorithm, wrong, token] = [(); 4].map(|()| fields.next().unwrap());
        Foreign { library, algorithm, wrong, token }
    })
}

/// Returns the first token with this algorithm and without a mistake.
pub(super) fn right(algorithm: &str) -> &'static str {
    foreign().find(|token| token.algorithm == algorithm && token.wrong.is_empty()).unwrap().token
}

fn server() -> GreeterServer<Known> {
    GreeterServer::new(known())
}

fn known() -> Known {
    let secret = JwtKey::hs256(SECRET).unwrap().id("HS256");
    let keys = JwtKey::from_jwk_set(JWKS).unwrap().into_iter().chain([secret]);
    Known(Jwt::new(keys, "calculator").issuer("https://login.example.com"))
}

fn with<T>(value: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", value.parse().unwrap());
    request
}

async fn tokens_of_other_libraries_are_accepted(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(known()))).await;
    let mut seen = std::collections::BTreeSet::new();
    for Foreign { library, algorithm, token, .. } in foreign().filter(|token| token.wrong.is_empty()) {
        let response = client.say_hello(with(&format!("Bearer {token}"), hello("a"))).await;
        assert_eq!(response.unwrap().into_inner().reply, "ada", "{library} {algorithm}");
        seen.insert((library.split(' ').next().unwrap(), algorithm));
    }
    for library in ["PyJWT", "joserfc", "jose", "jsonwebtoken"] {
        for algorithm in ["HS256", "RS256", "PS256", "ES256", "ES384"] {
            assert!(seen.contains(&(library, algorithm)), "{library} {algorithm}");
        }
    }
}

async fn wrong_tokens_are_refused_without_a_reason(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(known()))).await;
    let mut refused = 0;
    for Foreign { wrong, token, .. } in foreign().filter(|token| !token.wrong.is_empty()) {
        let status = client.say_hello(with(&format!("Bearer {token}"), hello("a"))).await.unwrap_err();
        let text = if wrong == "has expired" { "the token has expired" } else { "invalid token" };
        assert_eq!((status.code(), status.message()), (Code::Unauthenticated, text), "{wrong}");
        refused += 1;
    }
    assert_eq!(refused, 32);
    // Another signature, another header, and texts that are no tokens.
    let (token, other) = (right("RS256"), right("ES256"));
    let (head, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = other.rsplit_once('.').unwrap();
    for token in [&format!("{head}.{signature}"), &format!("{head}."), head, "a.b.c", "x", "..", "e30.e30."] {
        let status = client.say_hello(with(&format!("Bearer {token}"), hello("a"))).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "invalid token"), "{token}");
    }
}

async fn a_call_needs_one_bearer_token(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(known()))).await;
    let token = right("ES256");
    let accepted = client.say_hello(with(&format!("bEARER {token}"), hello("a"))).await.unwrap();
    assert_eq!(accepted.into_inner().reply, "ada");
    let mut twice = with(&format!("Bearer {token}"), hello("a"));
    twice.metadata_mut().append("authorization", format!("Bearer {token}").parse().unwrap());
    for request in [Request::new(hello("a")), with(token, hello("a")), with("Bearer", hello("a")), twice] {
        let status = client.say_hello(request).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated);
        assert!(!status.message().contains(token), "{status:?}");
    }
}

async fn each_shape_needs_a_token(setup: Setup) {
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(known()))).await;
    let names = || tokio_stream::once(hello("a"));
    let token = format!("Bearer {}", right("EdDSA"));
    let mut responses = client.lots_of_replies(with(&token, hello("a"))).await.unwrap().into_inner();
    assert_eq!(responses.message().await.unwrap().unwrap().reply, "ada");
    assert_eq!(client.lots_of_greetings(with(&token, names())).await.unwrap().into_inner().reply, "ada");
    let mut responses = client.bidi_hello(with(&token, names())).await.unwrap().into_inner();
    assert_eq!(responses.message().await.unwrap().unwrap().reply, "ada");
    for status in [
        client.lots_of_replies(hello("a")).await.unwrap_err(),
        client.lots_of_greetings(names()).await.unwrap_err(),
        client.bidi_hello(names()).await.unwrap_err(),
    ] {
        assert_eq!(status.code(), Code::Unauthenticated);
    }
}

fn an_operator_learns_the_reason(setup: Setup) {
    logging(Level::DEBUG, async |log| {
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(known()))).await;
        let is_wrong = |token: &Foreign| token.wrong == "is for another audience";
        let token = foreign().find(is_wrong).unwrap().token;
        client.say_hello(with(&format!("Bearer {token}"), hello("a"))).await.unwrap_err();
        let line = log.text();
        let line = line.lines().find(|line| line.contains("a token was refused")).unwrap();
        assert!(line.contains("InvalidAudience") && line.contains("/pb.Greeter/SayHello"), "{line}");
        assert!(!log.text().contains(token), "no line has the token");
    });
}

#[test]
fn nothing_prints_a_key() {
    let printed = format!("{:?}", server());
    assert!(!printed.contains("secret of the tests"), "{printed}");
    assert!(printed.contains("HS256"), "{printed}");
}

#[test]
fn a_set_of_keys_has_no_secrets_and_no_keys_for_encryption() {
    let keys = JwtKey::from_jwk_set(JWKS).unwrap();
    assert_eq!(keys.len(), 5, "{keys:?}");
    assert!(JwtKey::from_jwk_set(b"{}").is_err());
    assert!(JwtKey::from_jwk_set(b"not JSON").is_err());
}
