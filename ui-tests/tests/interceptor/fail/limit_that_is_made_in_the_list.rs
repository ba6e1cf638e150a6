use std::sync::Arc;
use std::time::Duration;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule_interceptors::{self as interceptors, InFlight};
use vestibule::{Call, Interceptor, Stateful, Status, interceptor};

const ECHO: &vestibule::MethodInfo = &vestibule::MethodInfo::new("/probe.Probe/Echo", vestibule::Shape::Unary);

/// A limit that the user wrote.
struct Breaker;

impl Stateful for Breaker {}

impl Interceptor for Breaker {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }
}

pub struct Service {
    max: usize,
    in_flight: InFlight,
}

impl Service {
    fn limit(&self) -> InFlight {
        InFlight::new(self.max)
    }
}

#[interceptor(InFlight::new(4 * 25))]
impl Probe for Service {
    #[interceptor(_slot = interceptors::InFlight::new(1).wait(Duration::from_secs(1)), &InFlight::new(self.max))]
    #[interceptor(Some(InFlight::new(1)), Arc::new(InFlight::new(1)), (&(self.limit())), Breaker)]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[interceptor(self.in_flight.clone(), { let max = 7; InFlight::new(max) })]
    #[interceptor(vestibule::only([ECHO], InFlight::new(1)))]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    ProbeServer::new(Service { max: 1, in_flight: InFlight::new(1) });
}
