//! Handlers and interceptors get the values that they ask for, over TCP and without.

use std::time::Duration;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::Request;
use tonic::metadata::MetadataMap;
use vestibule::extract::{CallDeadline, Extension, RemoteAddr};
use vestibule::{Call, Code, FromCall, MethodInfo, Rest, Shape, Status, interceptor};

use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(a_handler_gets_what_it_asks_for, an_interceptor_gets_what_it_asks_for);

// These tests run in one setup only:
// - `an_extension_is_cloned_from_the_request` adds an extension, which does not travel.
// - `what_the_server_lacks_is_internal` needs a call without a transport.
// - `a_malformed_timeout_is_no_deadline` and `a_deadline_that_has_passed_leaves_nothing` make a `Call` of their own.

#[derive(Clone)]
struct Region(&'static str);

struct UserAgent<'a>(&'a str);

impl<'a> FromCall<'a> for UserAgent<'a> {
    fn from_call(call: &'a Call) -> Result<Self, Status> {
        Ok(UserAgent(call.get::<Option<&str>>("user-agent")?.unwrap_or("none")))
    }
}

struct Extracting;

#[interceptor]
impl Probe for Extracting {
    async fn echo(
        &self,
        _request: Ping,
        peer: RemoteAddr,
        method: MethodInfo,
        UserAgent(agent): UserAgent<'_>,
        metadata: MetadataMap,
        deadline: CallDeadline,
        region: Option<Extension<Region>>,
        call: &Call,
    ) -> Result<Pong, Status> {
        assert!(peer.0.ip().is_loopback());
        assert_eq!(method.shape(), Some(Shape::Unary));
        assert_eq!(call.method(), &method);
        assert!(region.is_none());
        let left = deadline.remaining().map_or(0, |left| left.as_secs());
        let tenant = metadata.get("x-tenant").map_or("none", |tenant| tenant.to_str().unwrap());
        Ok(pong(format!("{} tenant {tenant} left {left} {}", method.path(), agent.starts_with("tonic/"))))
    }

    async fn get_url(&self, _request: Ping, Extension(region): Extension<Region>) -> Result<Pong, Status> {
        Ok(pong(region.0))
    }
}

async fn a_handler_gets_what_it_asks_for(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Extracting))).await;
    let mut request = ping(&[("x-tenant", "blue")]);
    request.set_timeout(Duration::from_millis(7999));
    assert_eq!(
        answer(client.echo(request).await),
        Ok("/probe.Probe/Echo tenant blue left 7 true".to_owned())
    );
    assert_eq!(
        answer(client.echo(ping(&[])).await),
        Ok("/probe.Probe/Echo tenant none left 0 true".to_owned())
    );
}

#[tokio::test]
async fn an_extension_is_cloned_from_the_request() {
    let mut request = ping(&[]);
    request.extensions_mut().insert(Region("eu-west"));
    assert_eq!(answer(Extracting.get_url(request).await), Ok("eu-west".to_owned()));
}

#[tokio::test]
async fn what_the_server_lacks_is_internal() {
    let missing = answer(Extracting.get_url(ping(&[])).await);
    assert_eq!(missing, Err((Code::Internal, "missing request extension".to_owned())));
    // Without a transport there is no peer.
    let missing = answer(Extracting.echo(ping(&[])).await);
    assert_eq!(missing, Err((Code::Internal, "the peer's address is not known".to_owned())));
}

/// Provides a description of the values that it was given.
#[interceptor]
async fn described(
    prefix: &str,
    method: MethodInfo,
    #[extract] UserAgent(agent): UserAgent<'_>,
    #[metadata("x-tenant")] tenant: &str,
    peer: Option<RemoteAddr>,
    metadata: MetadataMap,
    region: Option<Extension<Region>>,
) -> Result<String, Status> {
    assert!(region.is_none() && metadata.contains_key("x-tenant"));
    let (name, is_near) = (method.name(), peer.is_some_and(|peer| peer.0.ip().is_loopback()));
    Ok(format!("{prefix} {name} {} {tenant} {is_near}", agent.starts_with("tonic/")))
}

#[interceptor]
async fn within(
    deadline: CallDeadline,
    #[extract] agent: UserAgent<'_>,
    rest: impl Rest,
) -> Result<(), Status> {
    match deadline.remaining() {
        Some(left) if left > Duration::from_secs(5) => rest.await,
        _ => Err(Status::failed_precondition(format!("no time for {}", agent.0.starts_with("tonic/")))),
    }
}

struct Described;

#[interceptor(within(), described = described("a"))]
impl Probe for Described {
    async fn echo(
        &self,
        _request: Ping,
        described: &String,
        #[extract] UserAgent(agent): UserAgent<'_>,
    ) -> Result<Pong, Status> {
        Ok(pong(format!("{described} {}", agent.starts_with("tonic/"))))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Err(Status::unimplemented(""))
    }
}

async fn an_interceptor_gets_what_it_asks_for(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Described))).await;
    let mut request = ping(&[("x-tenant", "blue")]);
    request.set_timeout(Duration::from_secs(60));
    assert_eq!(answer(client.echo(request).await), Ok("a Echo true blue true true".to_owned()));
    let refused = answer(client.echo(ping(&[("x-tenant", "blue")])).await);
    assert_eq!(refused, Err((Code::FailedPrecondition, "no time for true".to_owned())));
}

#[test]
fn a_malformed_timeout_is_no_deadline() {
    const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    for malformed in ["", "1", "1x", "-1S", "123456789S"] {
        let mut request = Request::new(());
        request.metadata_mut().as_mut().insert("grpc-timeout", malformed.parse().unwrap());
        assert_eq!(Call::new(ECHO, request).deadline(), None, "{malformed}");
    }
}

#[test]
fn a_deadline_that_has_passed_leaves_nothing() {
    const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    let mut request = Request::new(());
    request.metadata_mut().as_mut().insert("grpc-timeout", "0n".parse().unwrap());
    let call = Call::new(ECHO, request);
    assert_eq!(call.extract::<CallDeadline>().unwrap().remaining(), Some(Duration::ZERO));
}
