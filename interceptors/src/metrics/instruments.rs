//! The instruments of `Metrics`.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::uri::Authority;
use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};
use vestibule::{Call, Code, MethodInfo, code_name};

use super::by_code::ByCode;
use super::settings::{Address, Settings};
use crate::conventions::{GRPC, OTHER, Side, name_of_path, scope};
use crate::method_table::{MethodTable, Named};

/// The bounds that the conventions advise, in seconds.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The largest number of authorities with series of their own. A program that makes up an authority for each call would
/// make series without end.
const MAX_AUTHORITIES: usize = 64;

type Table = MethodTable<ByCode<f64>>;
type ByAuthority = RwLock<Vec<(Authority, Arc<Table>)>>;

/// The histogram and its series.
#[derive(Debug)]
pub(super) struct Instruments {
    side: Side,
    methods: Vec<&'static MethodInfo>,
    duration: Histogram<f64>,
    /// The series with the address that is stated, or with none.
    table: Table,
    /// The series by authority. `None` on a server, and if an address is stated.
    by_authority: Option<ByAuthority>,
}

impl Instruments {
    pub(super) fn new(settings: &Settings) -> Self {
        let Settings { side, methods, server_address, meter } = settings;
        let meter = meter.clone().unwrap_or_else(|| global::meter_with_scope(scope()));
        let (name, description) = match side {
            Side::Server => (
                "rpc.server.call.duration",
                "Measures the duration of an incoming Remote Procedure Call (RPC).",
            ),
            Side::Client => (
                "rpc.client.call.duration",
                "Measures the duration of an outgoing Remote Procedure Call (RPC).",
            ),
        };
        let histogram = meter.f64_histogram(name).with_description(description);
        let duration = histogram.with_unit("s").with_boundaries(BOUNDS.into()).build();
        let asks_calls = *side == Side::Client && server_address.is_none();
        Self {
            side: *side,
            methods: methods.clone(),
            table: table(*side, &duration, methods, server_address.clone()),
            by_authority: asks_calls.then(RwLock::default),
            duration,
        }
    }

    /// Records the end of a call.
    #[inline]
    pub(super) fn record(&self, call: &Call, code: Code, duration: Duration) {
        let of_authority = self.by_authority.as_ref().and_then(|tables| self.of_authority(tables, call));
        let table = of_authority.as_deref().unwrap_or(&self.table);
        table.get(call.method()).record(code, duration.as_secs_f64());
    }

    /// Returns the series for the authority of a call, if it is known.
    fn of_authority(&self, tables: &ByAuthority, call: &Call) -> Option<Arc<Table>> {
        let authority = call.authority()?;
        let find = |tables: &[(Authority, Arc<Table>)]| {
            tables.iter().find(|(known, _)| *known == authority).map(|(_, table)| Arc::clone(table))
        };
        if let Some(table) = find(&tables.read().unwrap_or_else(PoisonError::into_inner)) {
            return Some(table);
        }
        let mut tables = tables.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = find(&tables) {
            return Some(table);
        }
        if tables.len() == MAX_AUTHORITIES {
            return None;
        }
        let host: Arc<str> = authority.host().trim_matches(['[', ']']).into();
        let address = Address { host: host.into(), port: authority.port_u16() };
        let table = Arc::new(table(self.side, &self.duration, &self.methods, Some(address)));
        tables.push((authority, Arc::clone(&table)));
        Some(table)
    }
}

fn table(
    side: Side,
    duration: &Histogram<f64>,
    methods: &[&'static MethodInfo],
    address: Option<Address>,
) -> Table {
    let duration = duration.clone();
    MethodTable::new(methods, move |named| {
        let method = match named {
            Named::Method(path, _) => name_of_path(path),
            Named::Other => OTHER,
        };
        let address = address.clone();
        ByCode::new(&duration, move |code| attributes(side, method, code, address.as_ref()))
    })
}

fn attributes(side: Side, method: &'static str, code: Code, address: Option<&Address>) -> Vec<KeyValue> {
    let name = code_name(code);
    let mut attributes = vec![
        KeyValue::new("rpc.system.name", GRPC),
        KeyValue::new("rpc.method", method),
        KeyValue::new("rpc.status_code", name),
    ];
    if side.is_failure(code) {
        attributes.push(KeyValue::new("error.type", name));
    }
    if let Some(Address { host, port }) = address {
        attributes.push(KeyValue::new("server.address", host.clone()));
        attributes.extend(port.map(|port| KeyValue::new("server.port", i64::from(port))));
    }
    attributes
}
