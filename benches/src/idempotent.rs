//! The cost of `Idempotent` and `Cached`, beside a map under a mutex that is written by hand.

use std::collections::HashMap;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::runtime::{Builder, Runtime};
use tonic::{Request, Response, Status};
use vestibule::{Call, interceptor};
use vestibule_interceptors::{Cached, Idempotent};

use crate::call::ping;
use crate::case::{Case, Routine};

/// No bench takes as long.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

/// Nothing is found again after it.
const SHORT: Duration = Duration::ZERO;

fn work(ping: Ping) -> Response<Pong> {
    Response::new(Pong { text: ping.text })
}

/// Does the work of each call.
struct Nothing;

#[interceptor]
impl Probe for Nothing {
    async fn echo(&self, ping: Ping, #[metadata("request-id")] _id: &str) -> Result<Response<Pong>, Status> {
        Ok(work(ping))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, ping: Ping) -> Result<Response<Pong>, Status> {
        Ok(work(ping))
    }
}

/// Keeps the responses of `echo` in the one, and those of `get_url` in the other.
struct Keeping {
    idempotent: Idempotent,
    cached: Cached,
}

impl Keeping {
    fn responses_for(keep_for: Duration) -> Self {
        Self { idempotent: Idempotent::new().keep_for(keep_for), cached: Cached::new(keep_for) }
    }
}

#[interceptor]
impl Probe for Keeping {
    async fn echo(
        &self,
        ping: Ping,
        call: &Call,
        #[metadata("request-id")] id: &str,
    ) -> Result<Response<Pong>, Status> {
        let handler = std::future::ready(Ok(work(ping.clone())));
        self.idempotent.respond(call, "ada", id, &ping, handler).await
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        &self,
        ping: Ping,
        call: &Call,
        #[metadata("request-id")] id: &str,
    ) -> Result<Response<Pong>, Status> {
        self.cached.respond(call, id, async { Ok(work(ping)) }).await
    }
}

/// Keeps responses in a map for a time, or not at all. Nothing bounds the map, nobody waits, and a client that goes away cuts
/// the work off.
struct ByHand(Mutex<HashMap<String, (Instant, Pong)>>, Duration);

#[interceptor]
impl Probe for ByHand {
    async fn echo(&self, ping: Ping, #[metadata("request-id")] id: &str) -> Result<Response<Pong>, Status> {
        let kept = self.0.lock().expect("no panic while it is locked").get(id).cloned();
        if let Some((since, response)) = kept
            && since.elapsed() < self.1
        {
            return Ok(Response::new(response));
        }
        let response = work(ping);
        let mut kept = self.0.lock().expect("no panic while it is locked");
        kept.insert(id.to_owned(), (Instant::now(), response.get_ref().clone()));
        if self.1.is_zero() {
            // Otherwise the map would grow as long as the bench runs.
            kept.remove(id);
        }
        Ok(response)
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, ping: Ping) -> Result<Response<Pong>, Status> {
        Ok(work(ping))
    }
}

/// The future of a call of tonic's trait.
type Called = Pin<Box<dyn Future<Output = Result<Response<Pong>, Status>> + Send>>;

/// Calls a method in a runtime of tokio, which `Idempotent` needs. All ids are equal, or all are new.
fn routine<S: Probe>(service: S, method: fn(&'static S, Request<Ping>) -> Called, is_new: bool) -> Routine {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("it needs no thread"));
    // The future of a call borrows the service.
    let service: &'static S = Box::leak(Box::new(service));
    let mut id = 0_u64;
    Box::new(move || {
        id += u64::from(is_new);
        let mut request = Request::new(ping());
        request.metadata_mut().insert("request-id", id.into());
        let response = RUNTIME.block_on(method(service, request));
        black_box(response.expect("the call succeeds"));
    })
}

pub(crate) fn cases() -> Vec<Case> {
    const KEPT: &str = "a kept response";
    vec![
        Case::new(KEPT, "nothing", 0, || routine(Nothing, Probe::echo, false)),
        Case::new(KEPT, "Idempotent", 0, || routine(Keeping::responses_for(LONG), Probe::echo, false)),
        Case::new(KEPT, "Cached", 0, || routine(Keeping::responses_for(LONG), Probe::get_url, false)),
        Case::new(KEPT, "by hand", 0, || routine(ByHand(Mutex::default(), LONG), Probe::echo, false)),
        Case::new(KEPT, "Idempotent, new", 0, || routine(Keeping::responses_for(SHORT), Probe::echo, true)),
        Case::new(KEPT, "Cached, new", 0, || routine(Keeping::responses_for(SHORT), Probe::get_url, true)),
        Case::new(KEPT, "by hand, new", 0, || routine(ByHand(Mutex::default(), SHORT), Probe::echo, true)),
    ]
}
