//! What a scrape reads.

use std::fmt::Error;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;

use super::methods::Methods;
use super::names::{CODES, Name, Names, code_name};
use super::series::Series;

/// Writes the series of all methods, in the order of their paths.
#[derive(Debug)]
pub(super) struct SeriesCollector {
    pub(super) names: &'static Names,
    pub(super) methods: Arc<Methods>,
}

impl Collector for SeriesCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let Names { started, handled, received, sent, handling, in_flight, retries } = self.names;
        self.counter(&mut encoder, *started, Series::started)?;
        self.handled(&mut encoder, *handled)?;
        self.counter(&mut encoder, *received, Series::received)?;
        self.counter(&mut encoder, *sent, Series::sent)?;
        self.handling(&mut encoder, *handling)?;
        self.in_flight(&mut encoder, *in_flight)?;
        match retries {
            Some(retries) => self.counter(&mut encoder, *retries, Series::retries),
            None => Ok(()),
        }
    }
}

impl SeriesCollector {
    fn counter(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        (name, help): Name,
        value: impl Fn(&Series) -> u64,
    ) -> Result<(), Error> {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for series in self.methods.shown() {
            encode_counter(&mut metric, &series.labels, value(series))?;
        }
        Ok(())
    }

    fn handled(&self, encoder: &mut DescriptorEncoder<'_>, (name, help): Name) -> Result<(), Error> {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for series in self.methods.shown() {
            for code in 0..CODES {
                let labels = (series.labels, [("grpc_code", code_name(code))]);
                encode_counter(&mut metric, &labels, series.handled(code))?;
            }
        }
        Ok(())
    }

    fn handling(&self, encoder: &mut DescriptorEncoder<'_>, (name, help): Name) -> Result<(), Error> {
        if self.methods.bounds().is_empty() {
            return Ok(());
        }
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for series in self.methods.shown() {
            let (sum, count, buckets) = series.handling();
            let mut metric = metric.encode_family(&series.labels)?;
            metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }

    fn in_flight(&self, encoder: &mut DescriptorEncoder<'_>, (name, help): Name) -> Result<(), Error> {
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for series in self.methods.shown() {
            metric.encode_family(&series.labels)?.encode_gauge(&series.in_flight())?;
        }
        Ok(())
    }
}

fn encode_counter(
    metric: &mut MetricEncoder<'_>,
    labels: &impl EncodeLabelSet,
    value: u64,
) -> Result<(), Error> {
    metric.encode_family(labels)?.encode_counter(&value, None::<&Exemplar<NoLabelSet, u64>>)
}
