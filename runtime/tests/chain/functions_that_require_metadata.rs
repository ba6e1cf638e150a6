//! `#[require_metadata]` may stand above an interceptor function. It rejects the call before the function runs.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Code, Request, Status, interceptor, require_metadata};

use crate::support::{Setup, answer, in_every_setup, ping, pong, probe_in};

in_every_setup!(the_function_runs_if_the_metadata_is_there, without_the_metadata_the_call_is_rejected);

#[interceptor]
#[require_metadata("x-tenant")]
async fn tenant() -> Result<&'static str, Status> {
    Ok("tenant")
}

#[require_metadata(number: u32 = "x-number")]
#[interceptor]
async fn doubled(number: &u32) -> Result<u32, Status> {
    Ok(number * 2)
}

#[derive(Clone)]
struct Service;

#[interceptor(tenant = tenant(), doubled = doubled())]
impl Probe for Service {
    async fn echo(&self, _request: Ping, tenant: &&'static str, doubled: &u32) -> Result<Pong, Status> {
        Ok(pong(format!("{tenant} {doubled}")))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(pong(""))
    }
}

async fn call(setup: Setup, metadata: &[(&'static str, &'static str)]) -> Result<String, (Code, String)> {
    let mut request: Request<Ping> = ping(&[]);
    for (key, value) in metadata {
        request.metadata_mut().insert(*key, value.parse().expect("it is ASCII"));
    }
    answer(probe_in!(setup, Service).echo(request).await)
}

async fn the_function_runs_if_the_metadata_is_there(setup: Setup) {
    assert_eq!(call(setup, &[("x-tenant", "a"), ("x-number", "4")]).await, Ok("tenant 8".to_owned()));
}

async fn without_the_metadata_the_call_is_rejected(setup: Setup) {
    for (metadata, key) in [(&[("x-number", "4")][..], "x-tenant"), (&[("x-tenant", "a")], "x-number")] {
        let (code, message) = call(setup, metadata).await.unwrap_err();
        assert_eq!(code, Code::InvalidArgument);
        assert!(message.contains(key), "{message}");
    }
}
