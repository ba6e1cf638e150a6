//! The cost of a limit of calls, beside other limits. The keys are known, and no call is refused.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use governor::DefaultKeyedRateLimiter;
use http::Request;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::runtime::Runtime;
use tonic::body::Body;
use tower::ServiceExt;
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::KeyExtractor;
use tower_governor::{GovernorError, GovernorLayer};
use tower_layer::Layer;
use tower_service::Service;
use vestibule::{Hooks, Interceptor, Mount, Rpc, Status, interceptor};
use vestibule_interceptors::{AdaptiveInFlight, InFlight, Quota, RateLimit};

use crate::bare::Bare;
use crate::call::{block_on, call_method, call_service};
use crate::case::{Case, Routine};

/// A rate that no bench reaches.
const MANY: u32 = 1_000_000_000;

/// The limits that the methods themselves ask.
type Checked = fn(&str) -> Result<(), Status>;

/// Asks a limit in its method.
struct InTheMethod(Checked);

#[interceptor]
impl Probe for InTheMethod {
    async fn echo(&self, request: Ping, #[metadata("request-id")] id: &str) -> Result<Pong, Status> {
        (self.0)(id)?;
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

fn exhausted() -> Status {
    Status::resource_exhausted("rate limit exceeded")
}

fn by_governor(key: &str) -> Result<(), Status> {
    static LIMIT: LazyLock<DefaultKeyedRateLimiter<String>> = LazyLock::new(|| {
        DefaultKeyedRateLimiter::keyed(governor::Quota::per_second(NonZeroU32::new(MANY).expect("not zero")))
    });
    // Its key is a `String`, and it looks up nothing else.
    LIMIT.check_key(&key.to_owned()).map_err(|_| exhausted())
}

/// Counts the calls of each second, as it is often written.
fn by_hand(key: &str) -> Result<(), Status> {
    static WINDOWS: LazyLock<Mutex<HashMap<String, (Instant, u32)>>> = LazyLock::new(Mutex::default);
    let mut windows = WINDOWS.lock().expect("no panic while it is locked");
    let now = Instant::now();
    let window = match windows.get_mut(key) {
        Some(window) => window,
        None => windows.entry(key.to_owned()).or_insert((now, 0)),
    };
    if now - window.0 > Duration::from_secs(1) {
        *window = (now, 0);
    }
    window.1 += 1;
    if window.1 > MANY { Err(exhausted()) } else { Ok(()) }
}

#[derive(Clone)]
struct Limited(RateLimit);

#[interceptor(&self.0)]
impl Probe for Limited {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// Provides the key, as an authentication does.
#[interceptor(phase = Authenticate)]
async fn request_id(#[metadata("request-id")] id: &str) -> Result<&'static str, Status> {
    if id == "7f3c" { Ok("7f3c") } else { Err(Status::unauthenticated("another caller")) }
}

#[derive(Clone)]
struct LimitedByKey(RateLimit);

#[interceptor(id = request_id(), self.0.key(*id))]
impl Probe for LimitedByKey {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// The same without a limit.
struct WithKey;

#[interceptor(_id = request_id())]
impl Probe for WithKey {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// Counts the calls in flight.
#[derive(Clone)]
struct Counted<I>(I);

#[interceptor(&self.0)]
impl<I> Probe for Counted<I>
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<Ping, Pong>>> + 'static,
{
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// Two layers of tower: one counts, and one refuses what the other lets wait.
fn tower_concurrency() -> Routine {
    let limit = tower::limit::ConcurrencyLimitLayer::new(100).layer(ProbeServer::new(Bare));
    let shed = tower::load_shed::LoadShedLayer::new().layer(limit);
    let never =
        |error: tower::BoxError| -> std::convert::Infallible { panic!("no call is refused: {error}") };
    call_service::<_, Body>(Ready(tower::util::MapErr::new(shed, never)))
}

fn limit() -> RateLimit {
    RateLimit::new("bench", Quota::per_second(MANY))
}

fn method<S: Probe>(service: S) -> Routine {
    // The future of a call borrows the service.
    let service: &'static S = Box::leak(Box::new(service));
    call_method(move |request| service.echo(request))
}

#[derive(Clone)]
struct ByRequestId;

impl KeyExtractor for ByRequestId {
    type Key = String;

    fn extract<T>(&self, request: &Request<T>) -> Result<String, GovernorError> {
        let id = request.headers().get("request-id").and_then(|id| id.to_str().ok());
        id.map(str::to_owned).ok_or(GovernorError::UnableToExtractKey)
    }
}

fn tower_governor() -> Routine {
    let mut config = GovernorConfigBuilder::default().key_extractor(ByRequestId);
    let config = config.per_nanosecond(1).burst_size(MANY).finish().expect("no zero");
    call_service(GovernorLayer::new(Arc::new(config)).layer(ProbeServer::new(Bare)))
}

/// Waits until a service is ready, and then calls it.
struct Ready<S>(S);

impl<S: Service<Request<Body>>> Service<Request<Body>> for Ready<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let Ok(service) = block_on(self.0.ready()) else { panic!("a service of tonic is ready") };
        service.call(request)
    }
}

/// The limit of tower has no key, and lets calls wait.
fn tower_limit() -> Routine {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads can be started"));
    let _entered = RUNTIME.enter();
    let limit = tower::limit::RateLimitLayer::new(MANY.into(), Duration::from_secs(3600));
    call_service::<_, Body>(Ready(limit.layer(ProbeServer::new(Bare))))
}

pub(crate) fn cases() -> Vec<Case> {
    const METHOD: &str = "limit";
    const WHOLE: &str = "limit, whole call";
    vec![
        Case::new(METHOD, "nothing", 1, || method(WithKey)),
        Case::new(METHOD, "RateLimit, all calls", 1, || method(Limited(limit()))),
        Case::new(METHOD, "RateLimit, keyed", 2, || method(LimitedByKey(limit()))),
        Case::new(METHOD, "governor in the method, keyed", 0, || method(InTheMethod(by_governor))),
        Case::new(METHOD, "by hand in the method, keyed", 0, || method(InTheMethod(by_hand))),
        Case::new(METHOD, "InFlight", 1, || method(Counted(InFlight::new(100)))),
        Case::new(METHOD, "AdaptiveInFlight", 1, || method(Counted(AdaptiveInFlight::new(10..=1000)))),
        Case::new(WHOLE, "tonic alone", 0, || call_service(ProbeServer::new(Bare))),
        Case::new(WHOLE, "nothing", 1, || call_service(ProbeServer::new(WithKey))),
        Case::new(WHOLE, "RateLimit, keyed", 2, || call_service(ProbeServer::new(LimitedByKey(limit())))),
        Case::new(WHOLE, "RateLimit, keyed, behind a mount", 2, || {
            call_service(Mount::<_, ProbeServer<_>>::new(LimitedByKey(limit())))
        }),
        Case::new(WHOLE, "InFlight", 1, || call_service(ProbeServer::new(Counted(InFlight::new(100))))),
        Case::new(WHOLE, "AdaptiveInFlight", 1, || {
            call_service(ProbeServer::new(Counted(AdaptiveInFlight::new(10..=1000))))
        }),
        Case::new(WHOLE, "tower ConcurrencyLimit and LoadShed", 2, tower_concurrency),
        Case::new(WHOLE, "tower_governor, keyed", 1, tower_governor),
        Case::new(WHOLE, "tower RateLimit, all calls", 1, tower_limit),
    ]
}
