use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{MethodInfo, Shape, Status, except, interceptor, layer, only};

const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);

/// An interceptor.
#[interceptor]
async fn audit() -> Result<(), Status> {
    Ok(())
}

pub struct Service;

#[interceptor(only([ECHO], audit()))]
impl Probe for Service {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Service);
    let _ = layer((except([ECHO], audit()),));
}
