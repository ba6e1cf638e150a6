mod collector;
mod histogram;
mod hooks;
mod methods;
mod names;
mod series;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use prometheus_client::registry::Registry;
use tonic::Status;
use vestibule::{Call, Interceptor, MethodInfo, Rest, Stateful, interceptor};

use crate::conventions::Side;
use collector::SeriesCollector;
use hooks::PrometheusHooks;
use methods::Methods;
use names::{CLIENT, Names, SERVER};

#[doc = include_str!("../docs/prometheus.md")]
#[derive(Clone)]
pub struct Prometheus {
    names: &'static Names,
    is_client: bool,
    list: Arc<[&'static MethodInfo]>,
    methods: Arc<Methods>,
}

/// The bounds of the buckets in seconds, as Go's client library has them (`prometheus.DefBuckets`).
const DEFAULT_BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

impl Prometheus {
    /// Makes the metrics of a server with these methods. The example of [`Prometheus`] calls it.
    ///
    /// A service that `vestibule-build` has generated has such a list: `GreeterServer::<()>::INFO.methods()`, with
    /// [`DescribedService`](vestibule::descriptor::DescribedService) in scope. For several services, join their lists:
    /// `[A::INFO.methods(), B::INFO.methods()].concat()`.
    #[must_use]
    pub fn server(methods: &[&'static MethodInfo]) -> Self {
        Self::new(&SERVER, false, methods)
    }

    /// Makes the metrics of a client that calls these methods. The example of [`Prometheus`] calls it.
    #[must_use]
    pub fn client(methods: &[&'static MethodInfo]) -> Self {
        Self::new(&CLIENT, true, methods)
    }

    fn new(names: &'static Names, is_client: bool, methods: &[&'static MethodInfo]) -> Self {
        let table = Arc::new(Methods::new(methods, DEFAULT_BUCKETS.to_vec()));
        Self { names, is_client, list: methods.into(), methods: table }
    }

    /// Sets the upper bounds of the histogram's buckets, in seconds. Without bounds there is no histogram.
    ///
    /// The default is that of Go: 5, 10, 25, 50, 100, 250 and 500 milliseconds, and 1, 2.5, 5 and 10 seconds. Values
    /// that are not finite are ignored. Call this method before [`register`](Self::register). It returns new metrics,
    /// which are all zero.
    ///
    /// ```
    /// use vestibule::{MethodInfo, Shape};
    /// use vestibule_interceptors::Prometheus;
    ///
    /// const ADD: &MethodInfo = &MethodInfo::new("/calcul.Calculatrice/Addition", Shape::Unary);
    /// let for_fast_calls = Prometheus::server(&[ADD]).buckets([0.000_1, 0.001, 0.01, 0.1, 1.0]);
    /// let without_a_histogram = Prometheus::server(&[ADD]).buckets([]);
    /// ```
    #[must_use]
    pub fn buckets(self, bounds: impl IntoIterator<Item = f64>) -> Self {
        let mut bounds: Vec<_> = bounds.into_iter().filter(|bound| bound.is_finite()).collect();
        bounds.sort_unstable_by(f64::total_cmp);
        bounds.dedup();
        Self { methods: Arc::new(Methods::new(&self.list, bounds)), ..self }
    }

    /// Counts the retries of a client. If this is a client's on a server, or the reverse, the log says so once. The names of
    /// the metrics are registered, so they stay those of the side that is written.
    #[inline(never)]
    fn end_on_client(&self, call: &Call) {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        let side = if self.is_client { Side::Client } else { Side::Server };
        side.of(call, "Prometheus", &IS_REPORTED);
        let retries = call.retries();
        if self.is_client && retries > 0 {
            self.methods.series(call.method()).retry(retries);
        }
    }

    /// Registers the metrics. The example of [`Prometheus`] calls it.
    ///
    /// Register one `Prometheus` for all servers of a process, and one for all clients. Two of the same side would write
    /// each name twice, which Prometheus refuses.
    pub fn register(&self, registry: &mut Registry) {
        let methods = Arc::clone(&self.methods);
        registry.register_collector(Box::new(SeriesCollector { names: self.names, methods }));
    }
}

impl Stateful for Prometheus {}

#[interceptor(phase = Observe)]
impl Interceptor for Prometheus {
    type Provides = ();
    type Hooks = PrometheusHooks;

    async fn start(&self, call: &Call) -> Result<((), PrometheusHooks), Status> {
        Ok(((), PrometheusHooks::start(self.methods.series(call.method()), self.is_client, call)))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        if self.is_client || call.is_client() {
            self.end_on_client(call);
        }
        result
    }
}

impl fmt::Debug for Prometheus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.is_client { "client" } else { "server" };
        f.debug_struct("Prometheus").field("side", &side).field("methods", &self.methods).finish()
    }
}
