mod collector;
mod histogram;
mod hooks;
mod methods;
mod names;
mod series;

use std::fmt;
use std::marker::PhantomData;
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
pub struct Prometheus<S = OnServer> {
    names: &'static Names,
    list: Arc<[&'static MethodInfo]>,
    methods: Arc<Methods>,
    side: PhantomData<fn() -> S>,
}

/// The side of a [`Prometheus`] that [`Prometheus::server`] makes. It is the default, and nobody writes its name.
#[derive(Clone, Copy, Debug)]
pub enum OnServer {}

/// The side of a [`Prometheus`] that [`Prometheus::client`] makes. It also counts retries.
///
/// ```
/// use vestibule_interceptors::{OnClient, Prometheus};
///
/// struct Clients {
///     prometheus: Prometheus<OnClient>,
/// }
///
/// let clients = Clients { prometheus: Prometheus::client(&[]) };
/// ```
#[derive(Clone, Copy, Debug)]
pub enum OnClient {}

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
        Self::new(&SERVER, methods)
    }
}

impl Prometheus<OnClient> {
    /// Makes the metrics of a client that calls these methods. The example of [`Prometheus`] calls it.
    #[must_use]
    pub fn client(methods: &[&'static MethodInfo]) -> Self {
        Self::new(&CLIENT, methods)
    }
}

impl<S> Prometheus<S> {
    fn new(names: &'static Names, methods: &[&'static MethodInfo]) -> Self {
        let table = Arc::new(Methods::new(methods, DEFAULT_BUCKETS.to_vec()));
        Self { names, list: methods.into(), methods: table, side: PhantomData }
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

    /// Registers the metrics. The example of [`Prometheus`] calls it.
    ///
    /// Register one `Prometheus` for all servers of a process, and one for all clients. Two of the same side would write
    /// each name twice, which Prometheus refuses.
    pub fn register(&self, registry: &mut Registry) {
        let methods = Arc::clone(&self.methods);
        registry.register_collector(Box::new(SeriesCollector { names: self.names, methods }));
    }

    /// Counts the start of a call. If this is a client's on a server, or the reverse, the log says so once. The names of the
    /// metrics are registered, so they stay those of the side that is written.
    #[inline]
    fn begin(&self, side: Side, call: &Call) -> PrometheusHooks {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        side.of(call, "Prometheus", &IS_REPORTED);
        PrometheusHooks::start(self.methods.series(call.method()), side == Side::Client, call)
    }
}

impl<S> Stateful for Prometheus<S> {}

// A server has no `around`, so that its chain guards nothing and a message costs less.
#[interceptor(phase = Observe)]
impl Interceptor for Prometheus {
    type Provides = ();
    type Hooks = PrometheusHooks;

    async fn start(&self, call: &Call) -> Result<((), PrometheusHooks), Status> {
        Ok(((), self.begin(Side::Server, call)))
    }
}

#[interceptor(phase = Observe)]
impl Interceptor for Prometheus<OnClient> {
    type Provides = ();
    type Hooks = PrometheusHooks;

    async fn start(&self, call: &Call) -> Result<((), PrometheusHooks), Status> {
        Ok(((), self.begin(Side::Client, call)))
    }

    async fn around<R: Rest>(&self, call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        let retries = call.retries();
        if retries > 0 {
            self.methods.series(call.method()).retry(retries);
        }
        result
    }
}

impl<S> Clone for Prometheus<S> {
    fn clone(&self) -> Self {
        let (list, methods) = (Arc::clone(&self.list), Arc::clone(&self.methods));
        Self { names: self.names, list, methods, side: PhantomData }
    }
}

impl<S> fmt::Debug for Prometheus<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.names.retries.is_some() { Side::Client } else { Side::Server };
        f.debug_struct("Prometheus").field("side", &side.as_str()).field("methods", &self.methods).finish()
    }
}
