//! A parameter with a `#[cfg]` is there only where its condition holds.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::extract::RemoteAddr;
use vestibule::{Call, MethodInfo, Status, interceptor};

use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(a_parameter_is_there_where_its_condition_holds);

#[interceptor]
async fn tenant(
    prefix: &str,
    #[cfg(test)]
    #[metadata("x-tenant")]
    tenant: &str,
    #[cfg(not(test))] missing: RemoteAddr<Missing>,
    #[cfg(test)] method: MethodInfo,
    #[cfg(not(test))]
    #[metadata("x-tenant")]
    tenant: Missing,
) -> Result<String, Status> {
    Ok(format!("{prefix} {tenant} {}", method.name()))
}

struct Conditional;

#[interceptor(tenant = tenant("the"))]
impl Probe for Conditional {
    async fn echo(
        &self,
        _request: Ping,
        #[cfg(test)] tenant: &String,
        // These types do not exist.
        #[cfg(not(test))] tenant: &Tenant,
        #[cfg(not(test))] missing: Missing,
        #[cfg(not(test))]
        #[metadata("x-missing")]
        metadata: MissingMetadata,
        #[cfg(test)]
        #[cfg(not(doc))]
        #[metadata("x-region")]
        region: Option<&str>,
        #[cfg(test)] peer: RemoteAddr,
        #[cfg(test)] call: &Call,
    ) -> Result<Pong, Status> {
        let is_near = peer.0.ip().is_loopback();
        Ok(pong(format!("{tenant} {region:?} {is_near} {}", call.method().name())))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        &self,
        request: Ping,
        #[cfg(not(test))]
        #[metadata("x-absent")]
        _absent: &str,
    ) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

async fn a_parameter_is_there_where_its_condition_holds(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Conditional))).await;
    let metadata = [("x-tenant", "blue"), ("x-region", "north")];
    assert_eq!(
        answer(client.echo(ping(&metadata)).await),
        Ok("the blue Echo Some(\"north\") true Echo".to_owned())
    );
    assert_eq!(answer(client.get_url(ping(&metadata)).await), Ok("ping".to_owned()));
}
