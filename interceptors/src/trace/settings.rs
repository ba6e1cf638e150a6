use opentelemetry::StringValue;

use crate::conventions::{Methods, Side};

/// The settings of a `Trace`.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) side: Side,
    pub(super) methods: Methods,
    pub(super) server_address: Option<(StringValue, u16)>,
}
