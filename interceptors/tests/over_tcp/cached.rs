//! `Cached` runs one handler for the calls of a key.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{Notify, Semaphore};
use tonic::transport::Channel;
use vestibule::{Call, Code, Request, Response, Status, interceptor};
use vestibule_interceptors::Cached;

use crate::idempotent::code;
use crate::support::{Setup, in_every_setup, probe_in, surely};

in_every_setup!(
    a_response_that_is_kept_is_used_again,
    keys_and_methods_are_apart,
    a_response_is_forgotten_after_its_time,
    the_oldest_response_makes_room,
    failures_are_not_kept,
    calls_wait_for_the_one_that_runs,
    a_call_that_waits_runs_when_the_first_one_fails,
    a_call_that_waits_runs_when_the_client_of_the_first_one_has_gone,
    the_deadline_of_a_call_ends_its_wait,
);
in_every_setup!(multi_thread calls_at_once_run_one_handler);

/// The end of a handler.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Respond,
    Fail(Code),
    Panic,
}

#[derive(Clone)]
struct Reports {
    cache: Cached,
    /// The ends of the next handlers. Further ones respond.
    ends: Arc<Mutex<VecDeque<End>>>,
    runs: Arc<AtomicUsize>,
    arrived: Arc<AtomicUsize>,
    /// Is notified when a handler waits for `go_on`.
    waiting: Arc<Notify>,
    go_on: Arc<Semaphore>,
}

impl Reports {
    fn new(cache: Cached) -> Self {
        let go_on = Arc::new(Semaphore::new(0));
        Self {
            cache,
            ends: Arc::default(),
            runs: Arc::default(),
            arrived: Arc::default(),
            waiting: Arc::default(),
            go_on,
        }
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    async fn arrived(&self, calls: usize) {
        let arrived = async {
            while self.arrived.load(Ordering::SeqCst) < calls {
                tokio::task::yield_now().await;
            }
        };
        surely(arrived).await;
    }

    async fn compute(&self, name: &str) -> Result<Response<Pong>, Status> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        let end = self.ends.lock().unwrap().pop_front().unwrap_or(End::Respond);
        if name == "wait" {
            self.waiting.notify_one();
            self.go_on.acquire().await.unwrap().forget();
        }
        assert!(end != End::Panic, "the handler panics");
        if let End::Fail(code) = end {
            return Err(Status::new(code, "no"));
        }
        let mut response = Response::new(Pong { text: format!("{name} {run}") });
        response.metadata_mut().insert("x-run", run.to_string().parse().unwrap());
        Ok(response)
    }
}

#[interceptor]
impl Probe for Reports {
    async fn echo(&self, ping: Ping, call: &Call) -> Result<Response<Pong>, Status> {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        self.cache.respond(call, &ping.text, self.compute(&ping.text)).await
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, ping: Ping, call: &Call) -> Result<Response<Pong>, Status> {
        self.cache.respond(call, &ping.text, self.compute(&ping.text)).await
    }
}

fn ping(name: &str) -> Request<Ping> {
    Request::new(Ping { text: name.to_owned() })
}

const LONG: Duration = Duration::from_secs(3600);

async fn echo(mut client: ProbeClient<Channel>, name: &str) -> Result<String, Status> {
    let response = surely(client.echo(ping(name))).await?;
    let run = response.metadata().get("x-run").unwrap().to_str().unwrap().to_owned();
    let text = response.into_inner().text;
    assert_eq!(text, format!("{name} {run}"));
    Ok(text)
}

async fn a_response_that_is_kept_is_used_again(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let client = probe_in!(setup, reports.clone());
    for _ in 0..3 {
        assert_eq!(echo(client.clone(), "a").await.unwrap(), "a 1");
    }
    assert_eq!(reports.runs(), 1);
}

async fn keys_and_methods_are_apart(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let mut client = probe_in!(setup, reports.clone());
    for _ in 0..2 {
        assert_eq!(echo(client.clone(), "a").await.unwrap(), "a 1");
        assert_eq!(echo(client.clone(), "").await.unwrap(), " 2");
        assert_eq!(surely(client.get_url(ping("a"))).await.unwrap().into_inner().text, "a 3");
    }
    assert_eq!(reports.runs(), 3);
}

async fn a_response_is_forgotten_after_its_time(setup: Setup) {
    let reports = Reports::new(Cached::new(Duration::ZERO));
    let client = probe_in!(setup, reports.clone());
    assert_eq!(echo(client.clone(), "a").await.unwrap(), "a 1");
    assert_eq!(echo(client.clone(), "a").await.unwrap(), "a 2");
}

async fn the_oldest_response_makes_room(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG).max_responses(2));
    let client = probe_in!(setup, reports.clone());
    for (name, expected) in [("a", "a 1"), ("b", "b 2"), ("c", "c 3"), ("b", "b 2"), ("a", "a 4")] {
        assert_eq!(echo(client.clone(), name).await.unwrap(), expected);
    }
}

async fn failures_are_not_kept(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let client = probe_in!(setup, reports.clone());
    reports.ends.lock().unwrap().extend((1..=16).map(|number| End::Fail(Code::from(number))));
    for number in 1..=16 {
        assert_eq!(code(echo(client.clone(), "a").await), Code::from(number));
    }
    assert_eq!(echo(client, "a").await.unwrap(), "a 17");
}

async fn calls_wait_for_the_one_that_runs(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let client = probe_in!(setup, reports.clone());
    let first = tokio::spawn(echo(client.clone(), "wait"));
    surely(reports.waiting.notified()).await;
    let others: Vec<_> = (0..10).map(|_| tokio::spawn(echo(client.clone(), "wait"))).collect();
    reports.arrived(11).await;
    // A call of another key does not wait.
    assert_eq!(echo(client, "a").await.unwrap(), "a 2");
    reports.go_on.add_permits(1);
    assert_eq!(surely(first).await.unwrap().unwrap(), "wait 1");
    for other in others {
        assert_eq!(surely(other).await.unwrap().unwrap(), "wait 1");
    }
    assert_eq!(reports.runs(), 2);
}

async fn a_call_that_waits_runs_when_the_first_one_fails(setup: Setup) {
    for (end, expected) in [(End::Fail(Code::NotFound), Code::NotFound), (End::Panic, Code::Internal)] {
        let reports = Reports::new(Cached::new(LONG));
        let client = probe_in!(setup, reports.clone());
        reports.ends.lock().unwrap().push_back(end);
        let first = tokio::spawn(echo(client.clone(), "wait"));
        surely(reports.waiting.notified()).await;
        let second = tokio::spawn(echo(client, "wait"));
        reports.arrived(2).await;
        reports.go_on.add_permits(1);
        assert_eq!(code(surely(first).await.unwrap()), expected);
        surely(reports.waiting.notified()).await;
        reports.go_on.add_permits(1);
        assert_eq!(surely(second).await.unwrap().unwrap(), "wait 2");
        assert!(format!("{:?}", reports.cache).contains("running: 0"), "{:?}", reports.cache);
    }
}

async fn a_call_that_waits_runs_when_the_client_of_the_first_one_has_gone(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let client = probe_in!(setup, reports.clone());
    let first = tokio::spawn(echo(client.clone(), "wait"));
    surely(reports.waiting.notified()).await;
    let second = tokio::spawn(echo(client, "wait"));
    reports.arrived(2).await;
    first.abort();
    surely(reports.waiting.notified()).await;
    reports.go_on.add_permits(1);
    assert_eq!(surely(second).await.unwrap().unwrap(), "wait 2");
}

async fn the_deadline_of_a_call_ends_its_wait(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let mut client = probe_in!(setup, reports.clone());
    let first = tokio::spawn(echo(client.clone(), "wait"));
    surely(reports.waiting.notified()).await;
    let mut second = ping("wait");
    second.set_timeout(Duration::from_millis(50));
    let ended = surely(client.echo(second)).await;
    assert!(matches!(code(ended), Code::DeadlineExceeded | Code::Cancelled));
    reports.go_on.add_permits(1);
    assert_eq!(surely(first).await.unwrap().unwrap(), "wait 1");
    assert_eq!((echo(client, "wait").await.unwrap().as_str(), reports.runs()), ("wait 1", 1));
}

async fn calls_at_once_run_one_handler(setup: Setup) {
    let reports = Reports::new(Cached::new(LONG));
    let client = probe_in!(setup, reports.clone());
    for round in 1..=20 {
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { echo(client, &format!("report {round}")).await })
            })
            .collect();
        for call in calls {
            assert_eq!(surely(call).await.unwrap().unwrap(), format!("report {round} {round}"));
        }
    }
    assert_eq!(reports.runs(), 20);
}
