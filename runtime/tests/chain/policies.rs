//! `each(access)` demands a policy of every method. That of a method replaces that of the service, and never joins it.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, Status, interceptor, public};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in};

in_every_setup!(
    a_method_without_a_policy_of_its_own_has_that_of_the_service,
    the_policy_of_a_method_replaces_that_of_the_service,
    without_a_policy_of_the_service_it_stands_at_the_place_of_each,
    a_policy_may_use_the_message,
    a_public_rpc_accepts_every_call
);

#[interceptor]
async fn role(name: &'static str, tracer: &Tracer) -> Result<(), Status> {
    tracer.async_event(name).await
}

#[derive(Clone)]
struct Service(Tracer);

#[interceptor(Traced("A", &self.0), access = role("member", &self.0), Traced("B", &self.0), each(access))]
impl Probe for Service {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("echo"))
    }

    #[rpc(name = "GetURL")]
    #[interceptor(access = role("admin", &self.0), Traced("C", &self.0))]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("url"))
    }
}

#[interceptor]
async fn owner(request: &Ping, tracer: &Tracer) -> Result<(), Status> {
    let _ = request;
    tracer.async_event("owner").await
}

/// A service whose methods state all policies themselves.
#[derive(Clone)]
struct Stated(Tracer);

#[interceptor(access = role("member", &self.0), each(access))]
impl Probe for Stated {
    #[interceptor(access = owner(&request, &self.0))]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        let _ = request;
        Ok(pong("echo"))
    }

    #[rpc(name = "GetURL")]
    #[interceptor(access = public())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("url"))
    }
}

/// A service without a policy of its own.
#[derive(Clone)]
struct Placed(Tracer);

#[interceptor(Traced("A", &self.0))]
#[interceptor(Traced("B", &self.0), each(access, quota), Traced("C", &self.0))]
impl Probe for Placed {
    #[interceptor(quota = role("quota", &self.0), Traced("D", &self.0), access = role("access", &self.0))]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("echo"))
    }

    #[rpc(name = "GetURL")]
    #[interceptor(access = public(), quota = public())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong("url"))
    }
}

async fn a_method_without_a_policy_of_its_own_has_that_of_the_service(setup: Setup) {
    let tracer = Tracer::new(Plan { fails: "member", ..Plan::default() });
    let mut client = probe_in!(setup, Service(tracer.clone()));
    assert_eq!(answer(client.echo(ping(&[])).await), Err((Code::Aborted, "member".to_owned())));
    assert_eq!(tracer.trace(), "A.s member A.f(Aborted)");
}

async fn the_policy_of_a_method_replaces_that_of_the_service(setup: Setup) {
    let tracer = Tracer::new(Plan { fails: "member", ..Plan::default() });
    let mut client = probe_in!(setup, Service(tracer.clone()));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("url".to_owned()));
    assert_eq!(tracer.trace(), "A.s admin B.s C.s A.r B.r C.r C.w B.w A.w C.f(ok) B.f(ok) A.f(ok)");

    let tracer = Tracer::new(Plan { fails: "admin", ..Plan::default() });
    let mut client = probe_in!(setup, Service(tracer.clone()));
    assert_eq!(answer(client.get_url(ping(&[])).await), Err((Code::Aborted, "admin".to_owned())));
    assert_eq!(tracer.trace(), "A.s admin A.f(Aborted)");
}

async fn without_a_policy_of_the_service_it_stands_at_the_place_of_each(setup: Setup) {
    let tracer = Tracer::new(Plan { fails: "D.s", ..Plan::default() });
    let mut client = probe_in!(setup, Placed(tracer.clone()));
    assert_eq!(answer(client.echo(ping(&[])).await), Err((Code::Aborted, "D.s".to_owned())));
    let starts = "A.s B.s access quota C.s D.s";
    assert_eq!(tracer.trace(), format!("{starts} C.f(Aborted) B.f(Aborted) A.f(Aborted)"));
}

async fn a_policy_may_use_the_message(setup: Setup) {
    let tracer = Tracer::new(Plan { fails: "owner", ..Plan::default() });
    let mut client = probe_in!(setup, Stated(tracer.clone()));
    assert_eq!(answer(client.echo(ping(&[])).await), Err((Code::Aborted, "owner".to_owned())));
    assert_eq!(tracer.trace(), "owner");
}

async fn a_public_rpc_accepts_every_call(setup: Setup) {
    let tracer = Tracer::new(Plan::default());
    let mut client = probe_in!(setup, Stated(tracer.clone()));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("url".to_owned()));
    assert_eq!(tracer.trace(), "");
}
