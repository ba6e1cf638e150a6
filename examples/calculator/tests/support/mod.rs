//! A calculator over TCP, and calls with any metadata.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;

use calculator::auth::{Auth, STATIC_TOKEN};
use calculator::client::{channel, describe};
use calculator::serve::serve;
use calculator::server::Calculator;
use calculator::work::Work;
use proto::calcul::AdditionRequest;
use proto::calcul::calculatrice_client::CalculatriceClient;
use tokio::net::TcpListener;
use tonic::Request;
use tonic::codegen::http::HeaderValue;
use vestibule_interceptors::JwtKey;

pub(crate) const SECRET: &str = "the secret of the tests has 32 bytes";

/// The metadata that the server accepts.
pub(crate) const TOKEN: (&str, &str) = ("authorization", STATIC_TOKEN);

/// Serves on a free port until the test ends. Returns the address.
pub(crate) async fn started(calculator: Calculator) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("a bound listener");
    tokio::spawn(serve(listener, calculator, std::future::pending()));
    addr
}

/// Returns the key of a secret.
pub(crate) fn key(secret: &str) -> JwtKey {
    JwtKey::hs256(secret.as_bytes()).expect("32 bytes")
}

/// Starts a calculator that knows [`SECRET`] and takes no time.
pub(crate) async fn calculator() -> SocketAddr {
    started(Calculator::new(Auth::new(Some(key(SECRET))), 100, Work::None)).await
}

/// Returns the sum, or `CODE: message`.
pub(crate) async fn add(addr: SocketAddr, numbers: (i32, i32), metadata: &[(&'static str, &str)]) -> String {
    let mut request = Request::new(AdditionRequest { nombre1: numbers.0, nombre2: numbers.1 });
    for (key, value) in metadata {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        request.metadata_mut().as_mut().append(*key, value);
    }
    let channel = channel(&addr.to_string()).expect("an address");
    match CalculatriceClient::new(channel).addition(request).await {
        Ok(reply) => reply.into_inner().resultat.to_string(),
        Err(status) => describe(&status),
    }
}
