//! The interceptors that observe. Servers and clients have the same, in the same order.

use std::sync::Arc;

use opentelemetry::metrics::MeterProvider;
use prometheus_client::encoding::prometheus_text;
use prometheus_client::registry::Registry;
use proto::calcul::calculatrice_server::CalculatriceServer;
use proto::hello::greeter_server::GreeterServer;
use vestibule::descriptor::DescribedService;
use vestibule::{Status, interceptor};
use vestibule_interceptors::{Metrics, Prometheus, Trace};

use crate::telemetry::Telemetry;

/// One set for a side. A clone shares the instruments.
#[derive(Clone)]
pub(crate) struct Side {
    pub(crate) trace: Trace,
    pub(crate) metrics: Metrics,
    pub(crate) prometheus: Prometheus,
}

/// Both sides, and what `/metrics` reads.
#[derive(Clone)]
pub(crate) struct Observers {
    pub(crate) server: Side,
    pub(crate) client: Side,
    registry: Arc<Registry>,
}

impl Observers {
    pub(crate) fn new(telemetry: &Telemetry) -> Self {
        // No caller can make a series of another name.
        let methods =
            [GreeterServer::<()>::INFO.methods(), CalculatriceServer::<()>::INFO.methods()].concat();
        let meter = telemetry.meters.meter("observed");
        let server = Side {
            trace: Trace::server().tracer_provider(&telemetry.tracers),
            metrics: Metrics::server(&meter, &methods),
            prometheus: Prometheus::server(&methods),
        };
        let client = Side {
            trace: Trace::client().tracer_provider(&telemetry.tracers),
            metrics: Metrics::client(&meter, &methods),
            prometheus: Prometheus::client(&methods),
        };
        let mut registry = Registry::default();
        server.prometheus.register(&mut registry);
        client.prometheus.register(&mut registry);
        Self { server, client, registry: Arc::new(registry) }
    }

    /// Returns what `/metrics` answers.
    pub(crate) fn scrape(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// The first entries of each list: everything after them is seen.
#[interceptor(&side.trace, &side.metrics, &side.prometheus)]
pub(crate) async fn observe(side: &Side) -> Result<(), Status> {
    Ok(())
}
