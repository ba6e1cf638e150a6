//! The providers of OpenTelemetry: to a collector, or into memory for the demo.

use std::error::Error;

use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};

/// The providers, and the place to which spans and points go.
pub(crate) struct Telemetry {
    pub(crate) tracers: SdkTracerProvider,
    pub(crate) meters: SdkMeterProvider,
    /// The spans that have ended. `None` if a collector has them.
    spans: Option<InMemorySpanExporter>,
}

impl Telemetry {
    /// Sends to a collector, or into memory.
    pub(crate) fn new(collector: Option<&str>) -> Result<Self, Box<dyn Error>> {
        let resource = Resource::builder().with_service_name("observed").build();
        let tracers = SdkTracerProvider::builder().with_resource(resource.clone());
        let meters = SdkMeterProvider::builder().with_resource(resource);
        let Some(url) = collector else {
            let spans = InMemorySpanExporter::default();
            let tracers = tracers.with_simple_exporter(spans.clone()).build();
            let points = PeriodicReader::builder(InMemoryMetricExporter::default()).build();
            return Ok(Self { tracers, meters: meters.with_reader(points).build(), spans: Some(spans) });
        };
        // The exporters call the collector themselves. Their calls have no chain, so they make no spans in their turn.
        let spans = SpanExporter::builder().with_tonic().with_endpoint(url).build()?;
        let points = MetricExporter::builder().with_tonic().with_endpoint(url).build()?;
        let tracers = tracers.with_batch_exporter(spans).build();
        Ok(Self { tracers, meters: meters.with_periodic_exporter(points).build(), spans: None })
    }

    /// Returns the spans that have ended, or `None` if a collector has them.
    pub(crate) fn spans(&self) -> Result<Option<Vec<SpanData>>, Box<dyn Error>> {
        Ok(self.spans.as_ref().map(InMemorySpanExporter::get_finished_spans).transpose()?)
    }

    /// Sends what was not sent yet.
    pub(crate) fn shut_down(self) -> Result<(), Box<dyn Error>> {
        self.tracers.shutdown()?;
        self.meters.shutdown()?;
        Ok(())
    }
}
