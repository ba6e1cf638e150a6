//! Handlers and interceptors get what tonic's transport knows of a connection.
//!
//! `examples/greeter/tests/client_certificates.rs` has the certificates of clients: TLS needs a C compiler.

use std::time::Duration;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::extract::{CallDeadline, LocalAddr, PeerCerts, RemoteAddr, UserAgent};
use vestibule::{Call, Code, FromCall, MethodInfo, Shape, Status, interceptor};

use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, raw, serve_in};

in_every_setup!(
    a_connection_over_tcp_has_addresses,
    what_is_absent_is_none,
    a_user_agent_that_is_not_ascii_rejects_no_call,
);

// These tests run in one setup only:
// - `what_is_not_there_has_the_code_that_fits` makes a `Call` of its own.

/// Provides what an interceptor gets.
#[interceptor]
async fn connection(
    LocalAddr(local): LocalAddr,
    RemoteAddr(remote): RemoteAddr,
    UserAgent(agent): UserAgent<'_>,
    deadline: Option<CallDeadline>,
) -> Result<String, Status> {
    Ok(format!("{local} {} {} {}", remote.ip(), agent.starts_with("tonic/"), deadline.is_some()))
}

struct OverTcp;

#[interceptor(connection = connection())]
impl Probe for OverTcp {
    async fn echo(
        &self,
        _request: Ping,
        connection: &String,
        LocalAddr(local): LocalAddr,
        RemoteAddr(remote): RemoteAddr,
        UserAgent(agent): UserAgent<'_>,
        deadline: Option<CallDeadline>,
    ) -> Result<Pong, Status> {
        let is_tonic = agent.starts_with("tonic/");
        assert_eq!(*connection, format!("{local} {} {is_tonic} {}", remote.ip(), deadline.is_some()));
        Ok(pong(connection))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        &self,
        _request: Ping,
        local: Option<LocalAddr>,
        agent: Option<UserAgent<'_>>,
        id: Option<RequestId<'_>>,
    ) -> Result<Pong, Status> {
        assert!(local.is_some() && agent.is_some());
        Ok(pong(id.map_or("none", |id| id.0)))
    }
}

/// An extractor of another crate, which may be absent.
struct RequestId<'a>(&'a str);

impl<'a> FromCall<'a> for RequestId<'a> {
    fn from_call(call: &'a Call) -> Result<Self, Status> {
        call.get("x-request-id").map(RequestId)
    }

    fn optional_from_call(call: &'a Call) -> Result<Option<Self>, Status> {
        Ok(call.get::<Option<&str>>("x-request-id")?.map(RequestId))
    }
}

async fn a_connection_over_tcp_has_addresses(setup: Setup) {
    let addr = serve_in!(setup, ProbeServer::new(OverTcp));
    let mut client = connect(addr).await;
    assert_eq!(answer(client.echo(ping(&[])).await), Ok(format!("{addr} 127.0.0.1 true false")));
    let mut request = ping(&[]);
    request.set_timeout(Duration::from_secs(60));
    assert_eq!(answer(client.echo(request).await), Ok(format!("{addr} 127.0.0.1 true true")));
}

async fn what_is_absent_is_none(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(OverTcp))).await;
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("none".to_owned()));
    assert_eq!(answer(client.get_url(ping(&[("x-request-id", "7")])).await), Ok("7".to_owned()));
    let twice = [("x-request-id", "7"), ("x-request-id", "8")];
    let refused = answer(client.get_url(ping(&twice)).await);
    let reason = "metadata `x-request-id` must be given once".to_owned();
    assert_eq!(refused, Err((Code::InvalidArgument, reason)));
}

/// Responds with the user agent.
struct Agents;

#[interceptor]
impl Probe for Agents {
    async fn echo(&self, _request: Ping, UserAgent(agent): UserAgent<'_>) -> Result<Pong, Status> {
        Ok(pong(agent))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping, agent: Option<UserAgent<'_>>) -> Result<Pong, Status> {
        Ok(pong(agent.map_or("none", |agent| agent.0)))
    }
}

async fn a_user_agent_that_is_not_ascii_rejects_no_call(setup: Setup) {
    let addr = serve_in!(setup, ProbeServer::new(Agents));
    let malformed = Err("metadata%20%60user-agent%60%20is%20malformed:%20expected%20printable%20ASCII");
    let missing = Err("metadata%20%60user-agent%60%20is%20missing");
    let cases: [(&[&[u8]], _, &str); 5] = [
        (&["größe/1 ☃".as_bytes()], Ok("größe/1 ☃"), "größe/1 ☃"),
        (&[b"gr\xf6\xdfe/1"], malformed, "none"),
        (&[b"a\tb"], Ok("a\tb"), "a\tb"),
        (&[b"first", b"second"], Ok("first"), "first"),
        (&[], missing, "none"),
    ];
    for (agents, required, optional) in cases {
        for (path, expected) in [("/probe.Probe/Echo", required), ("/probe.Probe/GetURL", Ok(optional))] {
            let mut request = raw::request(path);
            for agent in agents {
                request = request.header("user-agent", *agent);
            }
            let body = tonic::body::Body::new(http_body_util::Full::new(raw::frame(&Ping::default())));
            let reply = raw::reply(addr, request.body(body).unwrap()).await;
            match expected {
                Ok(text) => assert_eq!(reply.body, raw::frame(&pong(text)), "{agents:?}"),
                Err(message) => assert_eq!(reply.get("grpc-message"), Some(message), "{agents:?}"),
            }
        }
    }
}

#[test]
fn what_is_not_there_has_the_code_that_fits() {
    const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    let call = Call::new(ECHO, tonic::Request::new(()));
    assert_eq!(call.extract::<LocalAddr>().unwrap_err().code(), Code::Internal);
    assert_eq!(call.extract::<UserAgent<'_>>().unwrap_err().code(), Code::InvalidArgument);
    assert!(call.extract::<Option<LocalAddr>>().unwrap().is_none());
    assert!(call.extract::<Option<RemoteAddr>>().unwrap().is_none());
    assert!(call.extract::<Option<UserAgent<'_>>>().unwrap().is_none());
    assert!(call.extract::<Option<CallDeadline>>().unwrap().is_none());
    // This extractor can't be absent.
    assert_eq!(call.extract::<Option<MethodInfo>>().unwrap().as_ref(), Some(ECHO));
    assert_eq!(call.extract::<PeerCerts>().unwrap_err().code(), Code::Unauthenticated);
    assert!(call.extract::<Option<PeerCerts>>().unwrap().is_none());
    #[cfg(unix)]
    {
        use vestibule::extract::PeerCred;

        assert_eq!(call.extract::<PeerCred>().unwrap_err().code(), Code::Unauthenticated);
        assert!(call.extract::<Option<PeerCred>>().unwrap().is_none());
    }
}
