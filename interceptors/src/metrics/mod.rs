mod bound;
mod by_code;
mod grpc;
mod instruments;
mod settings;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use opentelemetry::metrics::MeterProvider;
use tonic::Status;
use vestibule::{Call, Code, Interceptor, MethodInfo, Rest, Stateful, interceptor};

pub use grpc::GrpcMetrics;

use crate::conventions::{Side, scope};
use crate::ending::code_of;
use instruments::Instruments;
use settings::{Address, Settings};

/// Measures the duration of each call as OpenTelemetry's conventions for rpc say: `rpc.server.call.duration` and
/// `rpc.client.call.duration`.
///
/// The interceptor keeps its instruments, so store it in the service, and write a reference to it in the list:
///
/// ```
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
/// let metrics = Metrics::server(CalculatriceServer::<()>::INFO.methods());
/// let calculator = Calculator { metrics };
/// ```
///
/// | instrument | kind, unit | attributes |
/// | --- | --- | --- |
/// | `rpc.server.call.duration` | histogram, s | `rpc.system.name`, `rpc.method`, `rpc.status_code`, and `error.type` if the call has failed |
/// | `rpc.client.call.duration` | the same | the same, and `server.address` and `server.port`: see [`server_address`](Self::server_address) |
///
/// The interceptor reads and writes no metadata. It logs once, at the level ERROR, if it is made for a client and stands on a
/// server, or the reverse. The page
/// [`opentelemetry`](crate::guide::opentelemetry) has the standard behind the names.
///
/// - The instruments are made when the first call arrives, of the provider of the process or of the one that
///   [`meter_provider`](Self::meter_provider) states. If the process has no provider then, nothing is recorded, also later.
/// - A series is bound to its attributes when its first call ends. After that a call allocates nothing. Without the feature
///   `opentelemetry-bound`, the SDK looks the attributes up in each call.
/// - A call that is not in the list of methods is `_OTHER` in a layer and on a client, so that no caller can make new series.
///   On an annotated service it has its name. The span of such a call of a client has its name, too.
/// - The time of a stream is that from its start to its last message. A call that is interrupted is CANCELLED, or
///   `DEADLINE_EXCEEDED` if its time was over.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Shared>);

/// What all clones share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    instruments: OnceLock<Instruments>,
}

impl Metrics {
    /// Creates an interceptor for a service or a [`layer`](vestibule::layer()), which may call these methods. The example
    /// of [`Metrics`] calls it.
    ///
    /// For several services behind a layer, join their lists: `[A::INFO.methods(), B::INFO.methods()].concat()`.
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
    /// use vestibule_interceptors::Metrics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let metrics = Metrics::client(GreeterServer::<()>::INFO.methods())
    ///     .server_address("greeter.example.com", 443);
    /// let channel = Endpoint::from_static("https://greeter.example.com").connect_lazy();
    /// let channel = vestibule::client(channel, (metrics,));
    /// # }
    /// ```
    #[must_use]
    pub fn client(methods: &[&'static MethodInfo]) -> Self {
        Self::new(Side::Client, methods)
    }

    fn new(side: Side, methods: &[&'static MethodInfo]) -> Self {
        Self::of(Settings { side, methods: methods.to_vec(), server_address: None, meter: None })
    }

    fn of(settings: Settings) -> Self {
        Self(Arc::new(Shared { settings, instruments: OnceLock::new() }))
    }

    /// Takes the meter of `provider`, in place of the provider of the process.
    ///
    /// ```
    /// use opentelemetry_sdk::metrics::SdkMeterProvider;
    /// use vestibule_interceptors::Metrics;
    ///
    /// let provider = SdkMeterProvider::builder().build();
    /// let metrics = Metrics::server(&[]).meter_provider(&provider);
    /// ```
    #[must_use]
    pub fn meter_provider(self, provider: &impl MeterProvider) -> Self {
        let meter = Some(provider.meter_with_scope(scope()));
        Self::of(Settings { meter, ..self.0.settings.clone() })
    }

    /// Sets `server.address` and `server.port` of all points: the logical address of the server. The example of
    /// [`client`](Self::client) calls it.
    ///
    /// The conventions demand them of a client. Without this setting, a client takes them from
    /// [`Call::authority`](vestibule::Call::authority), which is known with an [origin](vestibule::Client::origin). A channel
    /// does not say which endpoint it calls, so without an origin the points have no address. The points of a server have
    /// none unless they are set here.
    #[must_use]
    pub fn server_address(self, host: impl Into<String>, port: u16) -> Self {
        let host: Arc<str> = host.into().into();
        let server_address = Some(Address { host: host.into(), port: Some(port) });
        Self::of(Settings { server_address, ..self.0.settings.clone() })
    }

    fn instruments(&self) -> &Instruments {
        self.0.instruments.get_or_init(|| Instruments::new(&self.0.settings))
    }
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
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        self.0.settings.side.of(call, "Metrics", &IS_REPORTED);
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
        self.metrics.instruments().record(self.call, code, self.started.elapsed());
    }
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end(Code::Cancelled);
        }
    }
}
