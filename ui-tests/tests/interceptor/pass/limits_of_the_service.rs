//! An entry may refer to a limit in several ways, as long as the limit outlives the call.

use std::sync::{Arc, LazyLock};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule_interceptors::{Deadline, InFlight, Recover};
use vestibule::{Interceptor, Mount, Status, interceptor};

static ALL: LazyLock<InFlight> = LazyLock::new(|| InFlight::new(100));

pub struct Service<L> {
    one: InFlight,
    shared: Arc<InFlight>,
    many: Vec<InFlight>,
    maybe: Option<InFlight>,
    any: L,
}

impl<L> Service<L> {
    fn limit(&self) -> &InFlight {
        &self.one
    }
}

#[interceptor(&Recover::new(), &*ALL, self.limit(), &self.limit(), _slot = &self.shared, self.shared.as_ref())]
impl<L: Interceptor<Hooks = ()> + Clone + 'static> Probe for Service<L> {
    #[interceptor(self.maybe.as_ref(), &self.maybe, &self.many[0], self.many.first(), &self.any, self.any.clone())]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[interceptor(Some(Deadline::new()), (&Deadline::new()))]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

fn main() {
    let limit = || InFlight::new(1);
    let service =
        || Service { one: limit(), shared: Arc::new(limit()), many: vec![limit()], maybe: None, any: Recover::new() };
    let _ = (Mount::new(service()), ProbeServer::new(service()));
    let _ = vestibule::layer((limit(), Some(limit()), Arc::new(limit())));
}
