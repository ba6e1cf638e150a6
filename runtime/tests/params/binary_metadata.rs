//! Binary metadata in each form that a client may send it.

use bytes::Bytes;
use http_body_util::Full;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use vestibule::{Status, interceptor};

use crate::support::{Setup, in_every_setup, pong, raw, serve_in};

in_every_setup!(binary_metadata_is_read_in_every_form_that_grpc_allows);

struct Binary;

#[interceptor]
impl Probe for Binary {
    async fn echo(&self, _request: Ping, #[metadata("x-one-bin")] one: Bytes) -> Result<Pong, Status> {
        Ok(pong(format!("{one:?}")))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        &self,
        _request: Ping,
        #[metadata("x-all-bin")] all: Vec<Bytes>,
    ) -> Result<Pong, Status> {
        Ok(pong(format!("{all:?}")))
    }
}

/// Other forms are refused, and nothing hangs or panics.
async fn binary_metadata_is_read_in_every_form_that_grpc_allows(setup: Setup) {
    let addr = serve_in!(setup, ProbeServer::new(Binary));
    let answer = async |path: &str, values: &[&str]| {
        let key = if path == "Echo" { "x-one-bin" } else { "x-all-bin" };
        let mut request = raw::request(&format!("/probe.Probe/{path}"));
        for value in values {
            request = request.header(key, *value);
        }
        let body = Body::new(Full::new(raw::frame(&Ping::default())));
        let reply = raw::reply(addr, request.body(body).unwrap()).await;
        let text = reply.body.get(7..).map(|text| String::from_utf8_lossy(text).into_owned());
        (reply.get("grpc-status").unwrap().to_owned(), text.unwrap_or_default())
    };
    let is = |code: &str, text: &str| (code.to_owned(), text.to_owned());
    for padding in ["", "="] {
        assert_eq!(answer("Echo", &[&format!("AAE{padding}")]).await, is("0", "b\"\\0\\x01\""));
    }
    assert_eq!(answer("Echo", &[""]).await, is("0", "b\"\""));
    assert_eq!(answer("GetURL", &["AAE,AgM="]).await, is("0", "[b\"\\0\\x01\", b\"\\x02\\x03\"]"));
    assert_eq!(answer("GetURL", &["AAE", "AgM"]).await, is("0", "[b\"\\0\\x01\", b\"\\x02\\x03\"]"));
    assert_eq!(answer("GetURL", &[]).await, is("0", "[]"));
    for broken in ["!", "A", "AAE==", "AA E", "=", "\u{e9}"] {
        assert_eq!(answer("Echo", &[broken]).await, is("3", ""), "{broken}");
    }
    assert_eq!(answer("Echo", &["AAE,AgM"]).await, is("3", ""));
    assert_eq!(answer("Echo", &[]).await, is("3", ""));
}
