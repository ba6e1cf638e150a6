use opentelemetry::StringValue;
use opentelemetry::metrics::Meter;
use vestibule::MethodInfo;

use crate::conventions::Side;

/// The settings of a `Metrics`.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) side: Side,
    pub(super) methods: Vec<&'static MethodInfo>,
    pub(super) server_address: Option<Address>,
    /// The meter of a provider that is stated. `None` stands for the provider of the process.
    pub(super) meter: Option<Meter>,
}

/// The logical address of a server.
#[derive(Clone, Debug)]
pub(super) struct Address {
    pub(super) host: StringValue,
    pub(super) port: Option<u16>,
}
