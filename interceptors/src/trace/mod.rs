mod call_span;
mod message_events;
mod parent;
mod settings;
mod tracer;

use std::sync::Arc;

use opentelemetry::trace::{Tracer, TracerProvider};
use tonic::Status;
use vestibule::{Call, Interceptor, MethodInfo, Rest, Stateful, interceptor};

pub use message_events::MessageEvents;

use crate::conventions::{Methods, Side};
use call_span::CallSpan;
use settings::Settings;
use tracer::LazyTracer;

/// Makes an OpenTelemetry span of each call, with the stable names of the conventions for rpc.
///
/// The span begins when this interceptor starts and ends when the call ends, so the span of a stream lasts as long as
/// the stream. Spans that inner interceptors and the handler make are children of it, also while the handler's stream
/// is read.
///
/// The interceptor keeps a tracer, so store it in the service, and write a reference to it in the list:
///
/// ```
/// use vestibule_interceptors::Trace;
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
///
/// struct Calculator {
///     trace: Trace,
/// }
///
/// #[interceptor(&self.trace)]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
///
/// let calculator = Calculator { trace: Trace::server() };
/// ```
///
/// On a client, the span is a child of the active one. The client makes one span of a call, however many attempts
/// [`Retry`](crate::Retry) makes:
///
/// ```
/// use tonic::transport::Endpoint;
/// use vestibule_interceptors::{Retry, Trace};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = Endpoint::from_static("http://greeter.example.com:50051").connect_lazy();
/// let trace = Trace::client().server_address("greeter.example.com", 50051);
/// let channel = vestibule::client(channel, (trace, Retry::new(3)));
/// # }
/// ```
///
/// # What it reads and writes
///
/// | | on a server | on a client |
/// | --- | --- | --- |
/// | reads | the metadata `traceparent` and `tracestate` | the active span of the task |
/// | writes | nothing | the metadata `traceparent` and `tracestate` |
/// | logs, counts | once, at the level DEBUG, if there is no provider; once, at the level ERROR, if it is made for a client | the same; once, at the level ERROR, if it is made for a server |
///
/// The attribute `request_id` is that of [`current_request_id`](crate::current_request_id), if the span starts inside of a
/// `SetRequestId`. [`AccessLog`](crate::AccessLog) writes the same id, so a line and a span of one call can be joined.
///
/// An invalid `traceparent` starts a new trace. No other metadata, no message and no text of a status is ever
/// recorded. The page [`opentelemetry`](crate::guide::opentelemetry) lists all attributes.
///
/// - **Without a provider** the interceptor does nothing at all: it passes no parent on either. It asks for the
///   provider of the process once, when the first call arrives. If there is none, it logs a line at the level DEBUG, with
///   the target `vestibule`, and it never asks again. So set the provider before the server starts, or pass it to
///   [`tracer_provider`](Self::tracer_provider).
/// - **If a sampler drops a span**, the interceptor adds only what a sampler may ask for: the method and the address of
///   the server. The parent is passed on as not sampled.
/// - **A call that is interrupted**, because its client is gone, ends with CANCELLED, or with `DEADLINE_EXCEEDED` if its
///   time was over.
#[derive(Clone, Debug)]
pub struct Trace {
    tracer: Arc<LazyTracer>,
    settings: Settings,
}

impl Trace {
    /// Creates an interceptor for a service or a [`layer`](vestibule::layer()). Its spans have the kind SERVER. The
    /// example of [`Trace`] calls it.
    #[must_use]
    pub fn server() -> Self {
        Self::new(Side::Server)
    }

    /// Creates an interceptor for a [`client`](vestibule::client()). Its spans have the kind CLIENT. The example of
    /// [`Trace`] calls it.
    #[must_use]
    pub fn client() -> Self {
        Self::new(Side::Client)
    }

    fn new(side: Side) -> Self {
        let settings = Settings { side, methods: Methods::new(), server_address: None };
        Self { tracer: Arc::default(), settings }
    }

    /// Takes the tracer of `provider`, in place of the provider of the process.
    ///
    /// ```
    /// use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
    /// use vestibule_interceptors::Trace;
    ///
    /// let exporter = InMemorySpanExporter::default();
    /// let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    /// let trace = Trace::server().tracer_provider(&provider);
    /// ```
    #[must_use]
    pub fn tracer_provider<P>(self, provider: &P) -> Self
    where
        P: TracerProvider<Tracer: Tracer<Span: Send + Sync + 'static> + Send + Sync + 'static>,
    {
        Self { tracer: Arc::new(LazyTracer::of(provider)), ..self }
    }

    /// Names methods that spans in a layer may have. Call it once for each service behind the layer.
    ///
    /// A layer does not know which methods the services behind it have, and a client could call any. So the span of a
    /// method that is not listed is named `grpc` and has the method `_OTHER`; the name from the request is in
    /// `rpc.method_original`. On an annotated service and on a client, all names are known.
    ///
    /// ```
    /// use proto::hello::greeter_server::GreeterServer;
    /// use vestibule::descriptor::DescribedService;
    /// use vestibule_interceptors::Trace;
    ///
    /// let trace = Trace::server().methods(GreeterServer::<()>::INFO.methods());
    /// let layer = vestibule::layer((trace,));
    /// ```
    #[must_use]
    pub fn methods(mut self, methods: &[&'static MethodInfo]) -> Self {
        self.settings.methods.add(methods);
        self
    }

    /// Sets `server.address` and `server.port`, the logical address of the server. The example of [`Trace`] calls it.
    ///
    /// Without it, they are those of [`Call::authority`]: known on a client with an [origin](vestibule::Client::origin) and
    /// in a layer, but not on an annotated service.
    #[must_use]
    pub fn server_address(mut self, host: impl Into<String>, port: u16) -> Self {
        let host: Arc<str> = host.into().into();
        self.settings.server_address = Some((host.into(), port));
        self
    }
}

impl Stateful for Trace {}

#[interceptor(phase = Observe)]
impl Interceptor for Trace {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let Some(tracer) = self.tracer.get() else { return rest.await };
        let span = CallSpan::start(&self.settings, tracer, call);
        let result = span.run(rest).await;
        span.end(call, &result);
        result
    }
}
