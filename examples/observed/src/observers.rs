//! The interceptors that observe. Servers and clients have the same ones.

use std::num::NonZeroUsize;
use std::sync::Arc;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;
use proto::calcul::calculatrice_server::CalculatriceServer;
use proto::hello::greeter_server::GreeterServer;
use vestibule::descriptor::DescribedService;
use vestibule::{Status, interceptor};
use vestibule_interceptors::{
    AccessLog, Audit, AuditSink, CallLog, Metrics, OnClient, OnServer, Prometheus, Trace, WhenFull,
};

use crate::telemetry::Telemetry;

/// One set for a side. A clone shares the instruments.
#[derive(Clone)]
pub(crate) struct Side<S = OnServer> {
    pub(crate) trace: Trace,
    pub(crate) metrics: Metrics,
    pub(crate) prometheus: Prometheus<S>,
}

/// Both sides, the audit, and what `/metrics` reads.
pub(crate) struct Observers {
    pub(crate) server: Side,
    pub(crate) client: Side<OnClient>,
    pub(crate) audit: Audit,
    pub(crate) registry: Arc<Registry>,
}

impl Observers {
    /// Makes the observers. The audit goes to `sink`.
    pub(crate) fn new(telemetry: &Telemetry, sink: impl AuditSink + 'static) -> Self {
        // No caller can make a series of another name.
        let methods =
            [GreeterServer::<()>::INFO.methods(), CalculatriceServer::<()>::INFO.methods()].concat();
        let server = Side {
            trace: Trace::server().tracer_provider(&telemetry.tracers),
            metrics: Metrics::server(&methods).meter_provider(&telemetry.meters),
            prometheus: Prometheus::server(&methods),
        };
        let client = Side {
            trace: Trace::client().tracer_provider(&telemetry.tracers),
            metrics: Metrics::client(&methods).meter_provider(&telemetry.meters),
            prometheus: Prometheus::client(&methods),
        };
        let mut registry = Registry::default();
        server.prometheus.register(&mut registry);
        client.prometheus.register(&mut registry);
        // A call that can't be recorded is refused.
        let audit = Audit::new(sink, PLACES, WhenFull::Refuse);
        Self { server, client, audit, registry: Arc::new(registry) }
    }
}

/// The places in the queue of the audit.
const PLACES: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not zero");

/// Returns what `/metrics` answers.
pub(crate) fn scrape(registry: &Registry) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    prometheus_text::encode(&mut text, registry)?;
    Ok(text)
}

/// The first entries of each list: all entries after them are seen. Entries and handlers may add to the log.
#[interceptor(&side.trace, log = AccessLog::server(), &side.metrics, &side.prometheus)]
pub(crate) async fn observe(side: &Side, log: &CallLog) -> Result<CallLog, Status> {
    Ok(log.clone())
}
