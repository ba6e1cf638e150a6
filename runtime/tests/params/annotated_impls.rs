//! The forms that an annotated impl may have.

use std::sync::Arc;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use proto::probe_arc;
use tonic::{Request, Response};
use vestibule::{Call, Code, Status, grpc_error, interceptor, require_metadata};

use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(
    a_generic_service_is_served,
    methods_may_keep_the_form_of_tonic,
    a_receiver_may_be_an_arc,
    a_domain_error_becomes_a_status,
    an_entry_is_skipped_by_its_name,
    required_metadata_that_is_missing_or_malformed_rejects_the_call
);

// These tests run in one setup only:
// - `outgoing_metadata_is_in_the_request_of_a_handler` needs a call without metadata; each client sends some.
// - `the_names_of_rpcs_are_derived_or_given` has names that the generated server does not know.

/// Provides its own argument.
#[interceptor]
async fn provide(name: &str) -> Result<&str, Status> {
    Ok(name)
}

/// Provides the tenant, and rejects one that is banned.
#[interceptor]
async fn tenant(#[metadata("x-tenant")] tenant: Option<&str>) -> Result<String, Status> {
    match tenant {
        Some("banned") => Err(Status::permission_denied("banned")),
        Some(tenant) => Ok(tenant.to_owned()),
        None => Ok("nobody".to_owned()),
    }
}

#[interceptor]
async fn join(one: &str, other: &str) -> Result<String, Status> {
    Ok(format!("{one} {other}"))
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
enum ProbeError {
    #[error("{0} is no text")]
    #[status(InvalidArgument)]
    Rejected(String),
    #[error(transparent)]
    #[status(transparent)]
    Other(#[from] Status),
}

trait Store: Send + Sync + 'static {
    fn name(&self) -> &str;
}

struct Memory;

impl Store for Memory {
    fn name(&self) -> &str {
        "memory"
    }
}

struct Generic<S> {
    store: S,
}

#[interceptor(store = provide(self.store.name()))]
impl<S> Probe for Generic<S>
where
    S: Store,
{
    async fn echo(&self, request: Ping, store: &&str) -> Result<Pong, Status> {
        Ok(pong(format!("{} {store}", request.text)))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(self.store.name()))
    }
}

async fn a_generic_service_is_served(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Generic { store: Memory }))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), Ok("ping memory".to_owned()));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("memory".to_owned()));
}

struct Plain;

#[interceptor(tenant = tenant())]
#[tonic::async_trait]
impl Probe for Plain {
    /// Has tonic's own signature, with metadata and extensions.
    async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
        let tenant = request.metadata().get("x-tenant").map_or("none", |tenant| tenant.to_str().unwrap());
        let is_known = request.remote_addr().is_some();
        let mut response = Response::new(pong(format!("{tenant} {is_known}")));
        response.metadata_mut().insert("x-handler", "here".parse().unwrap());
        Ok(response)
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, Ping { text }: Ping, tenant: &String) -> tonic::Result<Pong> {
        Ok(pong(format!("{text} {tenant}")))
    }
}

async fn methods_may_keep_the_form_of_tonic(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Plain))).await;
    let response = client.echo(ping(&[("x-tenant", "blue")])).await.unwrap();
    assert_eq!(response.metadata().get("x-handler").unwrap(), "here");
    assert_eq!(response.into_inner().text, "blue true");
    let banned = answer(client.echo(ping(&[("x-tenant", "banned")])).await);
    assert_eq!(banned, Err((Code::PermissionDenied, "banned".to_owned())));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("ping nobody".to_owned()));
}

#[derive(Default)]
struct Shared {
    name: String,
}

#[interceptor(name = provide(&self.name))]
impl probe_arc::probe_server::Probe for Shared {
    async fn echo(self: Arc<Self>, request: probe_arc::Ping, name: &&str) -> Result<probe_arc::Pong, Status> {
        let task = tokio::spawn(async move { format!("{} {}", self.name, request.text) });
        Ok(probe_arc::Pong { text: format!("{} {name}", task.await.expect("it does not panic")) })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        self: Arc<Self>,
        _request: Request<probe_arc::Ping>,
    ) -> Result<Response<probe_arc::Pong>, Status> {
        Err(Status::unimplemented("not here"))
    }
}

async fn a_receiver_may_be_an_arc(setup: Setup) {
    use probe_arc::probe_server::ProbeServer;

    let service = Shared { name: "arc".to_owned() };
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), Ok("arc ping arc".to_owned()));
    let refused = answer(client.get_url(ping(&[])).await);
    assert_eq!(refused, Err((Code::Unimplemented, "not here".to_owned())));
}

struct DomainErrors;

#[interceptor]
impl Probe for DomainErrors {
    async fn echo(
        &self,
        request: Ping,
        #[metadata("x-pass")] pass: Option<bool>,
    ) -> Result<Pong, ProbeError> {
        if pass.is_some() {
            Err(Status::aborted("passed on"))?;
        }
        Err(ProbeError::Rejected(request.text))
    }

    // The names of the expansion do not collide with those in the body.
    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Response<Pong>, ProbeError> {
        let (call, exchange, reply, result) = ("c", "e", request.text, "r");
        Ok(Response::new(pong(format!("{call}{exchange}{reply}{result}"))))
    }
}

async fn a_domain_error_becomes_a_status(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(DomainErrors))).await;
    let rejected = answer(client.echo(ping(&[])).await);
    assert_eq!(rejected, Err((Code::InvalidArgument, "ping is no text".to_owned())));
    let passed = answer(client.echo(ping(&[("x-pass", "true")])).await);
    assert_eq!(passed, Err((Code::Aborted, "passed on".to_owned())));
    let malformed = answer(client.echo(ping(&[("x-pass", "maybe")])).await);
    let message = "metadata `x-pass` is malformed: expected `true` or `false`";
    assert_eq!(malformed, Err((Code::InvalidArgument, message.to_owned())));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("cepingr".to_owned()));
}

struct Skipping;

#[interceptor(tenant = tenant(), other = provide("other"))]
#[require_metadata("request-id", region: Option<String> = "x-region")]
impl Probe for Skipping {
    #[skip(tenant, region)]
    async fn echo(&self, _request: Ping, other: &&str) -> Result<Pong, Status> {
        Ok(pong(*other))
    }

    #[cfg(not(any()))]
    #[interceptor(both = join(tenant, other))]
    #[require_metadata(limit: u16 = "x-limit", "x-trace-bin", code = FailedPrecondition, message = "say how much")]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping, both: &String, limit: &u16) -> Result<Pong, Status> {
        Ok(pong(format!("{both} {limit}")))
    }

    #[cfg(any())]
    async fn there_is_no_such_rpc(&self, _request: Nonsense) -> Result<Nonsense, Status> {
        nonsense()
    }
}

async fn an_entry_is_skipped_by_its_name(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Skipping))).await;
    let metadata = [("x-tenant", "banned"), ("request-id", "1")];
    assert_eq!(answer(client.echo(ping(&metadata)).await), Ok("other".to_owned()));
    let banned = answer(client.get_url(ping(&metadata)).await);
    assert_eq!(banned, Err((Code::PermissionDenied, "banned".to_owned())));
    // A key that `require_metadata` binds is an entry as well.
    let metadata = [("request-id", "1"), ("x-region", "a"), ("x-region", "b")];
    assert_eq!(answer(client.echo(ping(&metadata)).await), Ok("other".to_owned()));
    let malformed = answer(client.get_url(ping(&metadata)).await);
    assert_eq!(malformed, Err((Code::InvalidArgument, "metadata `x-region` must be given once".to_owned())));
}

async fn required_metadata_that_is_missing_or_malformed_rejects_the_call(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Skipping))).await;
    let missing = answer(client.get_url(ping(&[])).await);
    assert_eq!(missing, Err((Code::InvalidArgument, "metadata `request-id` is missing".to_owned())));
    let twice = answer(client.get_url(ping(&[("request-id", "1"), ("request-id", "2")])).await);
    assert_eq!(twice, Err((Code::InvalidArgument, "metadata `request-id` must be given once".to_owned())));
    for metadata in [
        &[("request-id", "1")][..],
        &[("request-id", "1"), ("x-limit", "much"), ("x-trace-bin", "AA")],
        &[("request-id", "1"), ("x-limit", "3")],
        &[("request-id", "1"), ("x-limit", "3"), ("x-trace-bin", "?")],
    ] {
        let refused = answer(client.get_url(ping(metadata)).await);
        assert_eq!(refused, Err((Code::FailedPrecondition, "say how much".to_owned())), "{metadata:?}");
    }
    let all = [("request-id", "1"), ("x-limit", "3"), ("x-trace-bin", "AA"), ("x-tenant", "blue")];
    assert_eq!(answer(client.get_url(ping(&all)).await), Ok("blue other 3".to_owned()));
}

#[interceptor]
async fn hand_on_the_tenant(call: &Call) -> Result<(), Status> {
    call.outgoing_metadata().insert("x-tenant", "blue".parse().expect("it is ASCII"));
    Ok(())
}

struct HandsOn;

#[interceptor(hand_on_the_tenant())]
impl Probe for HandsOn {
    async fn echo(&self, request: Request<Ping>, call: &Call) -> Result<Pong, Status> {
        assert!(call.metadata().is_empty(), "it is not the client's");
        let tenant = request.metadata().get("x-tenant").expect("it was handed on");
        Ok(pong(tenant.to_str().expect("it is ASCII")))
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn outgoing_metadata_is_in_the_request_of_a_handler() {
    assert_eq!(answer(HandsOn.echo(ping(&[])).await), Ok("blue".to_owned()));
}

#[interceptor]
async fn forget_the_tenant(call: &Call) -> Result<(), Status> {
    call.remove_outgoing_metadata("x-tenant");
    Ok(())
}

struct Forgets;

#[interceptor(forget_the_tenant())]
impl Probe for Forgets {
    async fn echo(&self, request: Request<Ping>, call: &Call) -> Result<Pong, Status> {
        assert!(call.metadata().contains_key("x-tenant"));
        Ok(pong(if request.metadata().contains_key("x-tenant") { "somebody" } else { "nobody" }))
    }

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

#[tokio::test]
async fn removed_metadata_is_not_in_the_request_of_a_handler() {
    assert_eq!(answer(Forgets.echo(ping(&[("x-tenant", "red")])).await), Ok("nobody".to_owned()));
}

struct WireNames;

#[interceptor]
impl Probe for WireNames {
    async fn echo(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.method().path()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        let method = call.method();
        Ok(pong(format!("{} {} {}", method.path(), method.service(), method.name())))
    }
}

struct OtherWireName;

#[interceptor]
#[rpc(service = "other.Probe")]
impl Probe for OtherWireName {
    async fn echo(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.method().path()))
    }

    async fn get_url(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(pong(call.method().path()))
    }
}

#[tokio::test]
async fn the_names_of_rpcs_are_derived_or_given() {
    assert_eq!(answer(WireNames.echo(ping(&[])).await), Ok("/probe.Probe/Echo".to_owned()));
    assert_eq!(
        answer(WireNames.get_url(ping(&[])).await),
        Ok("/probe.Probe/GetURL probe.Probe GetURL".to_owned())
    );
    assert_eq!(answer(OtherWireName.echo(ping(&[])).await), Ok("/other.Probe/Echo".to_owned()));
    assert_eq!(answer(OtherWireName.get_url(ping(&[])).await), Ok("/other.Probe/GetUrl".to_owned()));
}
