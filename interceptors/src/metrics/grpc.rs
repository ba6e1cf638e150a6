use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use opentelemetry::metrics::{Counter, Histogram, Meter, MeterProvider};
use opentelemetry::{KeyValue, StringValue, global};
use tonic::Status;
use vestibule::{
    Call, Hooks, Interceptor, MessageSize, Method, MethodInfo, Outcome, Stateful, code_name, interceptor,
};

use super::bound::{BoundCounter, bind_counter};
use super::by_code::ByCode;
use crate::conventions::{Side, name_of_path, scope};
use crate::ending::Ending;
use crate::method_table::{MethodTable, Named};

/// Measures calls with the instruments that gRPC itself defines for OpenTelemetry, in its proposal A66.
///
/// Dashboards for grpc-go, grpc-java and Envoy have these names. New services take [`Metrics`](super::Metrics), which
/// costs less. Both may stand in one list.
///
/// ```
/// use proto::hello::greeter_server::GreeterServer;
/// use vestibule::descriptor::DescribedService;
/// use vestibule_interceptors::GrpcMetrics;
///
/// let metrics = GrpcMetrics::server(GreeterServer::<()>::INFO.methods());
/// let layer = vestibule::layer((metrics,));
/// ```
///
/// | instrument | kind, unit | attributes |
/// | --- | --- | --- |
/// | `grpc.server.call.started` | counter, `{call}` | `grpc.method` |
/// | `grpc.server.call.duration` | histogram, s | `grpc.method`, `grpc.status` |
/// | `grpc.server.call.sent_total_compressed_message_size` | histogram, By | the same |
/// | `grpc.server.call.rcvd_total_compressed_message_size` | histogram, By | the same |
/// | `grpc.client.call.duration` | histogram, s | the same, and `grpc.target` if it is [stated](Self::target) |
///
/// The interceptor reads and writes no metadata. It logs once, at the level ERROR, if it is made for a client and stands on a
/// server, or the reverse. The instruments are made when the first call arrives, as those of
/// [`Metrics`](super::Metrics). A method that is not in the list is `other` in a layer
/// and on a client; on an annotated service it has its name.
///
/// - **Sizes** are those of [`MessageSize`]. In a layer they are sizes on the wire. An annotated service knows only the
///   size before compression, so the two differ if messages are compressed.
/// - **Attempts of a client** (`grpc.client.attempt.*`) are not measured: the client makes them behind its list of
///   interceptors, which see one call.
#[derive(Clone, Debug)]
pub struct GrpcMetrics(Arc<Shared>);

/// What all clones share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    table: OnceLock<MethodTable<MethodInstruments>>,
}

#[derive(Clone, Debug)]
struct Settings {
    side: Side,
    methods: Vec<&'static MethodInfo>,
    target: Option<StringValue>,
    /// The meter of a provider that is stated. `None` stands for the provider of the process.
    meter: Option<Meter>,
}

/// The instruments before they are bound.
#[derive(Clone, Debug)]
struct Makers {
    duration: Histogram<f64>,
    /// `None` on a client.
    server: Option<ServerMakers>,
}

#[derive(Clone, Debug)]
struct ServerMakers {
    started: Counter<u64>,
    sent: Histogram<u64>,
    received: Histogram<u64>,
}

/// The instruments of one method.
#[derive(Debug)]
struct MethodInstruments {
    duration: ByCode<f64>,
    server: Option<ServerInstruments>,
}

#[derive(Debug)]
struct ServerInstruments {
    started: Started,
    sent: ByCode<u64>,
    received: ByCode<u64>,
}

/// The counter of the calls of one method. It is bound when the first one starts, as the series of [`ByCode`] are.
#[derive(Debug)]
struct Started {
    counter: Counter<u64>,
    attributes: Vec<KeyValue>,
    bound: OnceLock<BoundCounter<u64>>,
}

impl Started {
    fn add(&self) {
        self.bound.get_or_init(|| bind_counter(&self.counter, &self.attributes)).add(1);
    }
}

/// The bounds of A66 for latencies, in seconds.
const LATENCIES: [f64; 41] = [
    0.0, 0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008,
    0.01, 0.013, 0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4,
    0.5, 0.65, 0.8, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0,
];

/// The bounds of A66 for sizes, in bytes.
const SIZES: [f64; 14] = [
    0.0,
    1024.0,
    2048.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
    268_435_456.0,
    1_073_741_824.0,
    4_294_967_296.0,
];

impl GrpcMetrics {
    /// Creates an interceptor for a service or a [`layer`](vestibule::layer()), which may call these methods. The example
    /// of [`GrpcMetrics`] calls it.
    #[must_use]
    pub fn server(methods: &[&'static MethodInfo]) -> Self {
        Self::new(Side::Server, methods)
    }

    /// Creates an interceptor for a [`client`](vestibule::client()), which calls these methods.
    ///
    /// ```
    /// use proto::hello::greeter_server::GreeterServer;
    /// use tonic::transport::Endpoint;
    /// use vestibule::descriptor::DescribedService;
    /// use vestibule_interceptors::GrpcMetrics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let metrics = GrpcMetrics::client(GreeterServer::<()>::INFO.methods())
    ///     .target("dns:///greeter.example.com:443");
    /// let channel = Endpoint::from_static("https://greeter.example.com").connect_lazy();
    /// let channel = vestibule::client(channel, (metrics,));
    /// # }
    /// ```
    #[must_use]
    pub fn client(methods: &[&'static MethodInfo]) -> Self {
        Self::new(Side::Client, methods)
    }

    /// Takes the meter of `provider`, in place of the provider of the process.
    ///
    /// ```
    /// use opentelemetry_sdk::metrics::SdkMeterProvider;
    /// use vestibule_interceptors::GrpcMetrics;
    ///
    /// let provider = SdkMeterProvider::builder().build();
    /// let metrics = GrpcMetrics::server(&[]).meter_provider(&provider);
    /// ```
    #[must_use]
    pub fn meter_provider(self, provider: &impl MeterProvider) -> Self {
        let meter = Some(provider.meter_with_scope(scope()));
        Self::of(Settings { meter, ..self.0.settings.clone() })
    }

    /// Adds `grpc.target` to all points: the URI of the server in gRPC's form. The example of [`client`](Self::client)
    /// calls it.
    #[must_use]
    pub fn target(self, target: impl Into<String>) -> Self {
        let target: Arc<str> = target.into().into();
        Self::of(Settings { target: Some(target.into()), ..self.0.settings.clone() })
    }

    fn new(side: Side, methods: &[&'static MethodInfo]) -> Self {
        Self::of(Settings { side, methods: methods.to_vec(), target: None, meter: None })
    }

    fn of(settings: Settings) -> Self {
        Self(Arc::new(Shared { settings, table: OnceLock::new() }))
    }

    fn table(&self) -> &MethodTable<MethodInstruments> {
        self.0.table.get_or_init(|| {
            let Settings { side, methods, target, meter } = self.0.settings.clone();
            let meter = meter.unwrap_or_else(|| global::meter_with_scope(scope()));
            let makers = Makers::new(side, &meter);
            MethodTable::new(&methods, move |named| {
                let method = match named {
                    Named::Method(path, _) => name_of_path(path),
                    Named::Other => "other",
                };
                MethodInstruments::new(&makers, method, &target)
            })
        })
    }
}

impl Makers {
    fn new(side: Side, meter: &Meter) -> Self {
        let (name, description, server) = match side {
            Side::Server => (
                "grpc.server.call.duration",
                "End-to-end time taken to complete a call from server transport's perspective.",
                Some(ServerMakers::new(meter)),
            ),
            Side::Client => (
                "grpc.client.call.duration",
                "Time taken by gRPC to complete an RPC from application's perspective.",
                None,
            ),
        };
        let duration = meter.f64_histogram(name).with_description(description);
        Self { duration: duration.with_unit("s").with_boundaries(LATENCIES.into()).build(), server }
    }
}

impl ServerMakers {
    fn new(meter: &Meter) -> Self {
        let size = |name, description| {
            let histogram = meter.u64_histogram(name).with_description(description);
            histogram.with_unit("By").with_boundaries(SIZES.into()).build()
        };
        let started =
            meter.u64_counter("grpc.server.call.started").with_description("Number of server calls started.");
        Self {
            started: started.with_unit("{call}").build(),
            sent: size(
                "grpc.server.call.sent_total_compressed_message_size",
                "Compressed message bytes sent per server call.",
            ),
            received: size(
                "grpc.server.call.rcvd_total_compressed_message_size",
                "Compressed message bytes received per server call.",
            ),
        }
    }
}

impl MethodInstruments {
    fn new(makers: &Makers, method: &'static str, target: &Option<StringValue>) -> Self {
        let of_call = vec![KeyValue::new("grpc.method", method)];
        let of_call = match target {
            Some(target) => [of_call, vec![KeyValue::new("grpc.target", target.clone())]].concat(),
            None => of_call,
        };
        let with_status = |attributes: Vec<KeyValue>| {
            move |code| [&attributes[..], &[KeyValue::new("grpc.status", code_name(code))]].concat()
        };
        Self {
            duration: ByCode::new(&makers.duration, with_status(of_call.clone())),
            server: makers.server.as_ref().map(|makers| ServerInstruments {
                started: Started {
                    counter: makers.started.clone(),
                    attributes: of_call.clone(),
                    bound: OnceLock::new(),
                },
                sent: ByCode::new(&makers.sent, with_status(of_call.clone())),
                received: ByCode::new(&makers.received, with_status(of_call.clone())),
            }),
        }
    }
}

impl Stateful for GrpcMetrics {}

#[interceptor(phase = Observe)]
impl Interceptor for GrpcMetrics {
    type Provides = ();
    type Hooks = GrpcMetricsHooks;

    async fn start(&self, call: &Call) -> Result<((), GrpcMetricsHooks), Status> {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        self.0.settings.side.of(call, "GrpcMetrics", &IS_REPORTED);
        let instruments = self.table().get(call.method());
        if let Some(server) = &instruments.server {
            server.started.add();
        }
        let (started, client_deadline) = (Instant::now(), call.client_deadline());
        Ok(((), GrpcMetricsHooks { instruments, started, client_deadline, sent: 0, received: 0 }))
    }
}

/// The hooks of [`GrpcMetrics`].
#[derive(Debug)]
pub struct GrpcMetricsHooks {
    instruments: Arc<MethodInstruments>,
    started: Instant,
    client_deadline: Option<Instant>,
    sent: u64,
    received: u64,
}

impl<M: Method<Request: MessageSize, Response: MessageSize>> Hooks<M> for GrpcMetricsHooks {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        if self.instruments.server.is_some() {
            self.received += message.message_size() as u64;
        }
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        if self.instruments.server.is_some() {
            self.sent += message.message_size() as u64;
        }
        Ok(())
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        let code = Ending::of(outcome, self.started, self.client_deadline).code;
        self.instruments.duration.record(code, self.started.elapsed().as_secs_f64());
        if let Some(server) = &self.instruments.server {
            server.sent.record(code, self.sent);
            server.received.record(code, self.received);
        }
    }
}
