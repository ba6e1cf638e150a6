use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use tonic::Status;
use tracing::Span;
use tracing::field::{Empty, display};
use vestibule::{Call, Code, Interceptor, MethodInfo, Rest, code_name, interceptor};

use crate::conventions::{GRPC, Methods, OTHER, Side, name_of_path};
use crate::ending::code_of;
use crate::request_id::{RequestId, current_request_id};
use crate::text::cut_path;

/// Makes a `tracing` span of each call, with the names of OpenTelemetry's conventions for rpc.
///
/// Events and spans of the handler are inside of it, also while the handler's stream is read. With `tracing-opentelemetry`,
/// it becomes a span of OpenTelemetry with the same name and kind as that of `Trace`, and with the same attributes except for
/// `server.address` and `server.port`. Use `Trace` if the program records spans with OpenTelemetry alone, and this one if
/// its events come from `tracing`.
///
/// ```
/// use vestibule_interceptors::TracingSpan;
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
///
/// struct Calculator;
///
/// #[interceptor(TracingSpan::server())]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
/// ```
///
/// | | |
/// | --- | --- |
/// | level, target | INFO, `vestibule` |
/// | name | `rpc`; the method is in the field `otel.name` |
/// | fields at the start | `otel.name`, `otel.kind`, `rpc.system.name`, `rpc.method`, `rpc.method_original`, `network.peer.address`, `network.peer.port`, `request_id` |
/// | fields at the end | `rpc.status_code`, and for a failure `error.type` and `otel.status_code` |
/// | reads, writes | nothing, unless [`on_start`](Self::on_start) does |
/// | logs | once, at the level ERROR, if it is made for a client and stands on a server, or the reverse |
///
/// `request_id` is that of [`current_request_id`], if the span starts inside of a `SetRequestId`. Put
/// this interceptor before [`AccessLog`](crate::AccessLog). Then the line of a call is an event of its span.
///
/// No other metadata, no message and no text of a status is recorded. A subscriber that does not enable the span costs a check
/// for each call.
#[derive(Clone, Debug)]
pub struct TracingSpan {
    side: Side,
    methods: Methods,
    on_start: Option<fn(&Span, &Call)>,
}

impl TracingSpan {
    /// Creates an interceptor for a service or a [`layer`](vestibule::layer()). The example of [`TracingSpan`] calls it.
    #[must_use]
    pub const fn server() -> Self {
        Self { side: Side::Server, methods: Methods::new(), on_start: None }
    }

    /// Creates an interceptor for a [`client`](vestibule::client()).
    ///
    /// ```
    /// use tonic::transport::Endpoint;
    /// use vestibule_interceptors::TracingSpan;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
    /// let channel = vestibule::client(channel, (TracingSpan::client(),));
    /// # }
    /// ```
    #[must_use]
    pub const fn client() -> Self {
        Self { side: Side::Client, methods: Methods::new(), on_start: None }
    }

    /// Names methods that spans in a layer may have. A method that is not listed is `_OTHER` there. Call it once for each
    /// service behind the layer.
    ///
    /// ```
    /// use proto::hello::greeter_server::GreeterServer;
    /// use vestibule::descriptor::DescribedService;
    /// use vestibule_interceptors::TracingSpan;
    ///
    /// let span = TracingSpan::server().methods(GreeterServer::<()>::INFO.methods());
    /// let layer = vestibule::layer((span,));
    /// ```
    #[must_use]
    pub fn methods(mut self, methods: &[&'static MethodInfo]) -> Self {
        self.methods.add(methods);
        self
    }

    /// Calls a function with each new span, before anything runs in it. It does not run for a span that no subscriber has
    /// enabled.
    ///
    /// `tracing-opentelemetry` accepts the parent of a span only at this moment. A server reads it from the metadata of
    /// the call, and a client adds it to [`Call::outgoing_metadata`]:
    ///
    /// ```
    /// # struct Parent;
    /// # struct Unsupported;
    /// # trait OpenTelemetrySpanExt {
    /// #     fn set_parent(&self, parent: Parent) -> Result<(), Unsupported>;
    /// # }
    /// # impl OpenTelemetrySpanExt for tracing::Span {
    /// #     fn set_parent(&self, _parent: Parent) -> Result<(), Unsupported> { Ok(()) }
    /// # }
    /// # fn extract(_metadata: &tonic::metadata::MetadataMap) -> Parent { Parent }
    /// // use tracing_opentelemetry::OpenTelemetrySpanExt;
    /// use vestibule::Call;
    /// use vestibule_interceptors::TracingSpan;
    ///
    /// fn continue_trace(span: &tracing::Span, call: &Call) {
    ///     // `extract` asks the propagator of the process.
    ///     _ = span.set_parent(extract(call.metadata()));
    /// }
    ///
    /// let span = TracingSpan::server().on_start(continue_trace);
    /// ```
    #[must_use]
    pub fn on_start(self, function: fn(&Span, &Call)) -> Self {
        Self { on_start: Some(function), ..self }
    }

    /// Returns the span of a call. It is disabled if no subscriber asks for it.
    fn start(&self, side: Side, call: &Call) -> Span {
        let known = self.methods.name(call.method()).or_else(|| {
            // The program itself has chosen the path.
            (side == Side::Client).then(|| name_of_path(call.method().path()))
        });
        let span = tracing::info_span!(
            target: "vestibule",
            "rpc",
            otel.name = known.unwrap_or(GRPC),
            otel.kind = side.as_str(),
            otel.status_code = Empty,
            rpc.system.name = GRPC,
            rpc.method = known.unwrap_or(OTHER),
            rpc.method_original = Empty,
            rpc.status_code = Empty,
            error.type = Empty,
            network.peer.address = Empty,
            network.peer.port = Empty,
            request_id = Empty,
        );
        if span.is_disabled() {
            return span;
        }
        if known.is_none() {
            span.record("rpc.method_original", &*cut_path(name_of_path(call.method().path())));
        }
        if let (Side::Server, Some(peer)) = (side, call.remote_addr()) {
            span.record("network.peer.address", display(peer.ip()));
            span.record("network.peer.port", peer.port());
        }
        if let Some(id) = current_request_id().as_ref().map(RequestId::as_str) {
            span.record("request_id", id);
        }
        if let Some(on_start) = self.on_start {
            on_start(&span, call);
        }
        span
    }
}

#[interceptor(phase = Observe)]
impl Interceptor for TracingSpan {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        let side = self.side.of(call, "TracingSpan", &IS_REPORTED);
        let span = self.start(side, call);
        if span.is_disabled() {
            return rest.await;
        }
        let mut open = OpenSpan { span, side, has_ended: false };
        let started = Instant::now();
        let mut rest = pin!(rest);
        let result = std::future::poll_fn(|cx| {
            let _entered = open.span.enter();
            rest.as_mut().poll(cx)
        })
        .await;
        open.end(code_of(call, started, &result));
        result
    }
}

/// A span that says how it has ended, also if its thread panics.
struct OpenSpan {
    span: Span,
    side: Side,
    has_ended: bool,
}

impl OpenSpan {
    fn end(&mut self, code: Code) {
        self.has_ended = true;
        let code_name = code_name(code);
        self.span.record("rpc.status_code", code_name);
        if self.side.is_failure(code) {
            self.span.record("error.type", code_name);
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

impl Drop for OpenSpan {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end(Code::Cancelled);
        }
    }
}
