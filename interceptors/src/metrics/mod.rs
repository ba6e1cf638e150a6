mod bound;
mod by_code;
mod grpc;
mod method_table;

use std::sync::Arc;
use std::time::Instant;

use opentelemetry::metrics::{Histogram, Meter};
use opentelemetry::{KeyValue, StringValue};
use tonic::Status;
use vestibule::{Call, Code, Interceptor, MethodInfo, Rest, Stateful, code_name, interceptor};

pub use grpc::GrpcMetrics;

use crate::conventions::{GRPC, OTHER, Side};
use crate::ending::code_of;
use by_code::ByCode;
use method_table::MethodTable;

/// Measures the duration of each call as OpenTelemetry's conventions for rpc say: `rpc.server.call.duration` and
/// `rpc.client.call.duration`.
///
/// The interceptor keeps its instruments, so store it in the service, and write a reference to it in the list:
///
/// ```
/// use opentelemetry::global;
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::descriptor::DescribedService;
/// # use vestibule::{Status, interceptor};
/// use vestibule_interceptors::Metrics;
///
/// struct Calculator {
///     metrics: Metrics,
/// }
///
/// #[interceptor(&self.metrics)]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
///
/// let meter = global::meter("calculator");
/// let metrics = Metrics::server(&meter, CalculatriceServer::<()>::INFO.methods());
/// let calculator = Calculator { metrics };
/// ```
///
/// | instrument | kind, unit | attributes |
/// | --- | --- | --- |
/// | `rpc.server.call.duration` | histogram, s | `rpc.system.name`, `rpc.method`, `rpc.status_code`, and `error.type` if the call has failed |
/// | `rpc.client.call.duration` | the same | the same, and `server.address` and `server.port` if they are [stated](Self::server_address) |
///
/// The interceptor reads and writes no metadata, and logs nothing. The page
/// [`opentelemetry`](crate::guide::opentelemetry) has the standard behind the names.
///
/// - A series is bound to its attributes when its first call ends. After that a call allocates nothing. Without the feature
///   `opentelemetry-bound`, the SDK looks the attributes up in each call.
/// - A call that is not in the list of methods is `_OTHER` in a layer and on a client, so that no caller can make new series.
///   On an annotated service it has its name. The span of such a call of a client has its name, too.
/// - The time of a stream is that from its start to its last message. A call that is interrupted is CANCELLED, or
///   `DEADLINE_EXCEEDED` if its time was over.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Instruments>);

#[derive(Debug)]
struct Instruments {
    side: Side,
    duration: Histogram<f64>,
    methods: Vec<&'static MethodInfo>,
    table: MethodTable<ByCode<f64>>,
}

/// The bounds that the conventions advise, in seconds.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The logical address of a server.
type Address = Option<(StringValue, u16)>;

impl Metrics {
    /// Creates an interceptor for a service or a [`layer`](vestibule::layer()), which may call these methods. The example
    /// of [`Metrics`] calls it.
    ///
    /// For several services behind a layer, join their lists: `[A::INFO.methods(), B::INFO.methods()].concat()`.
    #[must_use]
    pub fn server(meter: &Meter, methods: &[&'static MethodInfo]) -> Self {
        let histogram = meter
            .f64_histogram("rpc.server.call.duration")
            .with_description("Measures the duration of an incoming Remote Procedure Call (RPC).");
        Self::new(
            Side::Server,
            histogram.with_unit("s").with_boundaries(BOUNDS.into()).build(),
            methods,
            None,
        )
    }

    /// Creates an interceptor for a [`client`](vestibule::client()), which calls these methods.
    ///
    /// ```
    /// use proto::hello::greeter_server::GreeterServer;
    /// use tonic::transport::Endpoint;
    /// use vestibule::descriptor::DescribedService;
    /// use vestibule_interceptors::Metrics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let meter = opentelemetry::global::meter("greetings");
    /// let metrics = Metrics::client(&meter, GreeterServer::<()>::INFO.methods())
    ///     .server_address("greeter.example.com", 443);
    /// let channel = Endpoint::from_static("https://greeter.example.com").connect_lazy();
    /// let channel = vestibule::client(channel, (metrics,));
    /// # }
    /// ```
    #[must_use]
    pub fn client(meter: &Meter, methods: &[&'static MethodInfo]) -> Self {
        let histogram = meter
            .f64_histogram("rpc.client.call.duration")
            .with_description("Measures the duration of an outgoing Remote Procedure Call (RPC).");
        Self::new(
            Side::Client,
            histogram.with_unit("s").with_boundaries(BOUNDS.into()).build(),
            methods,
            None,
        )
    }

    /// Adds `server.address` and `server.port` to all points: the logical address of the server. Without it, the points have
    /// neither, also on a client that has an origin. The example of [`client`](Self::client) calls it.
    #[must_use]
    pub fn server_address(self, host: impl Into<String>, port: u16) -> Self {
        let host: Arc<str> = host.into().into();
        let Instruments { side, duration, methods, .. } = &*self.0;
        Self::new(*side, duration.clone(), methods, Some((host.into(), port)))
    }

    fn new(side: Side, duration: Histogram<f64>, methods: &[&'static MethodInfo], address: Address) -> Self {
        let of_method = {
            let duration = duration.clone();
            move |method| {
                let address = address.clone();
                ByCode::new(&duration, move |code| attributes(side, method, code, &address))
            }
        };
        let table = MethodTable::new(methods, OTHER, of_method);
        Self(Arc::new(Instruments { side, duration, methods: methods.to_vec(), table }))
    }
}

fn attributes(side: Side, method: &'static str, code: Code, address: &Address) -> Vec<KeyValue> {
    let name = code_name(code);
    let mut attributes = vec![
        KeyValue::new("rpc.system.name", GRPC),
        KeyValue::new("rpc.method", method),
        KeyValue::new("rpc.status_code", name),
    ];
    if side.is_failure(code) {
        attributes.push(KeyValue::new("error.type", name));
    }
    if let Some((host, port)) = address {
        attributes.push(KeyValue::new("server.address", host.clone()));
        attributes.push(KeyValue::new("server.port", i64::from(*port)));
    }
    attributes
}

impl Stateful for Metrics {}

#[interceptor(phase = Observe)]
impl Interceptor for Metrics {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let mut measured = Measured { metrics: self, call, started: Instant::now(), has_ended: false };
        let result = rest.await;
        measured.end(code_of(call, measured.started, &result));
        result
    }
}

/// A call that is measured once, also if its thread panics.
struct Measured<'a> {
    metrics: &'a Metrics,
    call: &'a Call,
    started: Instant,
    has_ended: bool,
}

impl Measured<'_> {
    fn end(&mut self, code: Code) {
        self.has_ended = true;
        let by_code = self.metrics.0.table.get(self.call.method());
        by_code.record(code, self.started.elapsed().as_secs_f64());
    }
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end(Code::Cancelled);
        }
    }
}
