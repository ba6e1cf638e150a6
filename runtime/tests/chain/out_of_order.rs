//! An entry in `out_of_order` may stand anywhere, and does there what it does anywhere else.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Status, interceptor, out_of_order};

use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in};

in_every_setup!(it_runs_where_it_stands_with_its_hooks_its_list_and_its_message);

#[interceptor(phase = Authenticate)]
async fn authenticate(tracer: &Tracer) -> Result<u64, Status> {
    tracer.async_event("authenticate").await?;
    Ok(7)
}

#[interceptor(phase = Authorize, Traced("L", tracer))]
async fn listed(tracer: &Tracer) -> Result<u64, Status> {
    Ok(8)
}

#[interceptor]
async fn guard(request: &Ping, tracer: &Tracer) -> Result<(), Status> {
    let _ = request;
    tracer.async_event("guard").await
}

#[derive(Clone)]
struct Service(Tracer);

#[interceptor(
    out_of_order("the test", Traced("A", &self.0)),
    list = out_of_order("the test", listed(&self.0)),
    caller = authenticate(&self.0)
)]
impl Probe for Service {
    #[interceptor(out_of_order("the test", guard(&request, &self.0)))]
    async fn echo(&self, request: Ping, list: &u64, caller: &u64) -> Result<Pong, Status> {
        let _ = request;
        Ok(pong(format!("{list} {caller}")))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn it_runs_where_it_stands_with_its_hooks_its_list_and_its_message(setup: Setup) {
    let tracer = Tracer::new(Plan::default());
    let mut client = probe_in!(setup, Service(tracer.clone()));
    assert_eq!(answer(client.echo(ping(&[])).await), Ok("8 7".to_owned()));
    assert_eq!(tracer.trace(), "A.s L.s authenticate A.r L.r guard L.w A.w L.f(ok) A.f(ok)");
}

#[test]
#[should_panic(expected = "the reason is empty")]
fn an_exception_needs_a_reason() {
    let reason = String::new().leak();
    let _ = out_of_order(reason, vestibule::public());
}
