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

/// Writes the series of all methods.
#[derive(Debug)]
pub(super) struct SeriesCollector {
    pub(super) names: &'static Names,
    pub(super) methods: Arc<Methods>,
}

impl Collector for SeriesCollector {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let Names { started, handled, received, sent, handling, in_flight, retries } = self.names;
        let mut scrape = Scrape { encoder, all: self.methods.shown() };
        scrape.counter(*started, Series::started)?;
        scrape.handled(*handled)?;
        scrape.counter(*received, Series::received)?;
        scrape.counter(*sent, Series::sent)?;
        if !self.methods.bounds().is_empty() {
            scrape.handling(*handling)?;
        }
        scrape.in_flight(*in_flight)?;
        match retries {
            Some(retries) => scrape.counter(*retries, Series::retries),
            None => Ok(()),
        }
    }
}

/// One scrape. All metrics have the same series, so they are collected once.
struct Scrape<'a> {
    encoder: DescriptorEncoder<'a>,
    all: Vec<Arc<Series>>,
}

impl Scrape<'_> {
    fn counter(&mut self, (name, help): Name, value: impl Fn(&Series) -> u64) -> Result<(), Error> {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for series in &self.all {
            encode_counter(&mut metric, &series.labels, value(series))?;
        }
        Ok(())
    }

    fn handled(&mut self, (name, help): Name) -> Result<(), Error> {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for series in &self.all {
            for code in 0..CODES {
                let labels = (series.labels, [("grpc_code", code_name(code))]);
                encode_counter(&mut metric, &labels, series.handled(code))?;
            }
        }
        Ok(())
    }

    fn handling(&mut self, (name, help): Name) -> Result<(), Error> {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for series in &self.all {
            let (sum, count, buckets) = series.handling();
            let mut metric = metric.encode_family(&series.labels)?;
            metric.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)?;
        }
        Ok(())
    }

    fn in_flight(&mut self, (name, help): Name) -> Result<(), Error> {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for series in &self.all {
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
