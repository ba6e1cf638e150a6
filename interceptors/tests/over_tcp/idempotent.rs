//! `Idempotent` runs the handler of a repeated call once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{Notify, Semaphore};
use tonic::transport::{Channel, Endpoint};
use vestibule::details::{self, RetryInfo};
use vestibule::{Call, Code, Request, Response, Status, interceptor};
use vestibule_interceptors::{Idempotent, Retry};

use crate::support::log::log_of;
use crate::support::{Setup, connect, in_every_setup, probe_in, serve_in, surely};

in_every_setup!(
    a_repeated_call_has_the_response_of_the_first_one,
    callers_methods_and_ids_are_apart,
    another_message_with_the_id_is_refused,
    a_call_that_still_runs_is_aborted,
    a_client_that_retries_gets_the_response,
    a_handler_runs_on_when_its_client_has_gone,
    a_handler_runs_on_after_the_deadline,
    the_code_of_a_failure_decides_if_the_handler_runs_again,
    a_handler_that_panics_does_not_run_again,
    a_handler_ends_at_its_bound,
    a_call_that_is_refused_before_its_handler_is_not_remembered,
    a_call_without_room_is_refused,
);
in_every_setup!(multi_thread calls_at_once_run_the_handler_once);
in_every_setup!(sync a_failure_after_the_client_has_gone_is_logged);

/// The text of a message says how the handler ends.
#[derive(Clone)]
pub(crate) struct Bank {
    pub(crate) idempotent: Idempotent,
    pub(crate) runs: Arc<AtomicUsize>,
    /// Is notified when a handler waits for `go_on`.
    pub(crate) waiting: Arc<Notify>,
    pub(crate) go_on: Arc<Semaphore>,
    /// Each call has a clone until it has ended.
    pub(crate) calls: Arc<()>,
    pub(crate) arrived: Arc<AtomicUsize>,
}

impl Bank {
    pub(crate) fn new(idempotent: Idempotent) -> Self {
        let go_on = Arc::new(Semaphore::new(0));
        let calls = Arc::default();
        Self {
            idempotent,
            runs: Arc::default(),
            waiting: Arc::default(),
            go_on,
            calls,
            arrived: Arc::default(),
        }
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// Waits until the server has dropped the only call, whose handler still waits. The handler has a clone of the bank.
    pub(crate) async fn call_dropped(&self, before: usize) {
        let dropped = async {
            while Arc::strong_count(&self.calls) > before + 1 {
                tokio::task::yield_now().await;
            }
        };
        surely(dropped).await;
    }

    async fn arrived(&self, calls: usize) {
        let arrived = async {
            while self.arrived.load(Ordering::SeqCst) < calls {
                tokio::task::yield_now().await;
            }
        };
        surely(arrived).await;
    }

    async fn book(self, ping: Ping) -> Result<Response<Pong>, Status> {
        let run = self.runs.fetch_add(1, Ordering::SeqCst) + 1;
        if ping.text.starts_with("wait") {
            self.waiting.notify_one();
            self.go_on.acquire().await.unwrap().forget();
        }
        if let Some(code) = ping.text.strip_prefix("code ") {
            let mut status = Status::new(Code::from(code.parse::<i32>().unwrap()), "no");
            status.metadata_mut().insert("x-run", run.to_string().parse().unwrap());
            return Err(status);
        }
        assert!(!ping.text.ends_with("panic"), "the handler panics");
        if ping.text.ends_with("fail") {
            return Err(Status::not_found("no such account"));
        }
        let mut response = Response::new(Pong { text: format!("{} {run}", ping.text) });
        response.metadata_mut().insert("x-run", run.to_string().parse().unwrap());
        Ok(response)
    }
}

struct Caller {
    name: String,
    _call: Arc<()>,
}

#[interceptor]
async fn authenticate(bank: &Bank, #[metadata("x-caller")] caller: Option<&str>) -> Result<Caller, Status> {
    bank.arrived.fetch_add(1, Ordering::SeqCst);
    let caller = caller.ok_or_else(|| Status::unauthenticated("who are you?"))?;
    Ok(Caller { name: caller.to_owned(), _call: Arc::clone(&bank.calls) })
}

#[interceptor(caller = authenticate(self))]
impl Probe for Bank {
    async fn echo(
        &self,
        ping: Ping,
        call: &Call,
        caller: &Caller,
        #[metadata("idempotency-key")] id: Option<&str>,
    ) -> Result<Response<Pong>, Status> {
        let handler = self.clone().book(ping.clone());
        self.idempotent.respond(call, &caller.name, id.unwrap_or_default(), &ping, handler).await
    }

    #[rpc(name = "GetURL")]
    async fn get_url(
        &self,
        ping: Ping,
        call: &Call,
        caller: &Caller,
        #[metadata("idempotency-key")] id: Option<&str>,
    ) -> Result<Response<Pong>, Status> {
        let handler = self.clone().book(ping.clone());
        self.idempotent.respond(call, &caller.name, id.unwrap_or_default(), &ping, handler).await
    }
}

pub(crate) fn request(caller: &str, id: &str, text: &str) -> Request<Ping> {
    let mut request = Request::new(Ping { text: text.to_owned() });
    request.metadata_mut().insert("x-caller", caller.parse().unwrap());
    request.metadata_mut().insert("idempotency-key", id.parse().unwrap());
    request
}

/// Makes a call, and returns the text of the response and the metadata of the handler.
pub(crate) async fn echo(
    mut client: ProbeClient<Channel>,
    id: &str,
    text: &str,
) -> Result<(String, String), Status> {
    let response = surely(client.echo(request("ada", id, text))).await?;
    let run = response.metadata().get("x-run").unwrap().to_str().unwrap().to_owned();
    Ok((response.into_inner().text, run))
}

/// Makes a call again until the first one has ended.
pub(crate) async fn echo_until_ended(
    client: &ProbeClient<Channel>,
    id: &str,
    text: &str,
) -> Result<(String, String), Status> {
    loop {
        match echo(client.clone(), id, text).await {
            Err(status) if status.code() == Code::Aborted => tokio::task::yield_now().await,
            result => return result,
        }
    }
}

pub(crate) fn code<T>(result: Result<T, Status>) -> Code {
    result.map_or_else(|status| status.code(), |_| Code::Ok)
}

async fn a_repeated_call_has_the_response_of_the_first_one(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let client = probe_in!(setup, bank.clone());
    for _ in 0..3 {
        let first = ("a 1".to_owned(), "1".to_owned());
        assert_eq!(echo(client.clone(), "7", "a").await.unwrap(), first);
    }
    assert_eq!(bank.runs(), 1);
}

async fn callers_methods_and_ids_are_apart(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let mut client = probe_in!(setup, bank.clone());
    for (caller, id) in [("ada", "7"), ("bob", "7"), ("ada", "8"), ("ada7", "")] {
        surely(client.echo(request(caller, id, "a"))).await.unwrap();
    }
    surely(client.get_url(request("ada", "7", "a"))).await.unwrap();
    assert_eq!(bank.runs(), 5);
    // Without an id, a call is not remembered.
    surely(client.echo(request("ada7", "", "a"))).await.unwrap();
    assert_eq!(bank.runs(), 6);
}

async fn another_message_with_the_id_is_refused(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let client = probe_in!(setup, bank.clone());
    echo(client.clone(), "7", "a").await.unwrap();
    assert_eq!(code(echo(client.clone(), "7", "b").await), Code::InvalidArgument);
    assert_eq!(echo(client, "7", "a").await.unwrap().0, "a 1");
    assert_eq!(bank.runs(), 1);
}

async fn a_call_that_still_runs_is_aborted(setup: Setup) {
    let bank = Bank::new(Idempotent::new().retry_after(Duration::from_millis(300)));
    let client = probe_in!(setup, bank.clone());
    let first = tokio::spawn(echo(client.clone(), "7", "wait"));
    surely(bank.waiting.notified()).await;
    let status = echo(client.clone(), "7", "wait").await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    let retry: RetryInfo = details::find(&status).unwrap();
    assert_eq!(retry.retry_delay, Some(Duration::from_millis(300)));
    assert_eq!(status.metadata().get("grpc-retry-pushback-ms").unwrap(), "300");
    bank.go_on.add_permits(1);
    assert_eq!(first.await.unwrap().unwrap().0, "wait 1");
    assert_eq!(echo(client, "7", "wait").await.unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn a_client_that_retries_gets_the_response(setup: Setup) {
    let bank = Bank::new(Idempotent::new().retry_after(Duration::from_millis(50)));
    let addr = serve_in!(setup, ProbeServer::new(bank.clone()));
    let first = tokio::spawn(echo(connect(addr).await, "7", "wait"));
    surely(bank.waiting.notified()).await;

    let channel = Endpoint::try_from(format!("http://{addr}")).unwrap().connect_lazy();
    let retry = Retry::new(5).codes([Code::Aborted]);
    let mut retrying = ProbeClient::new(vestibule::client(channel, (retry,)));
    let second = tokio::spawn(async move { retrying.echo(request("ada", "7", "wait")).await });
    // The third call is the second attempt of the client that retries.
    bank.arrived(3).await;
    bank.go_on.add_permits(1);
    assert_eq!(surely(second).await.unwrap().unwrap().into_inner().text, "wait 1");
    assert_eq!(first.await.unwrap().unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn a_handler_runs_on_when_its_client_has_gone(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let client = probe_in!(setup, bank.clone());
    let before = Arc::strong_count(&bank.calls);
    let first = tokio::spawn(echo(client.clone(), "7", "wait"));
    surely(bank.waiting.notified()).await;
    first.abort();
    bank.call_dropped(before).await;
    assert_eq!(code(echo(client.clone(), "7", "wait").await), Code::Aborted);
    bank.go_on.add_permits(1);
    assert_eq!(surely(echo_until_ended(&client, "7", "wait")).await.unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn a_handler_runs_on_after_the_deadline(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let mut client = probe_in!(setup, bank.clone());
    let before = Arc::strong_count(&bank.calls);
    let mut first = request("ada", "7", "wait");
    first.set_timeout(Duration::from_millis(300));
    let ended = surely(client.echo(first)).await;
    assert!(matches!(code(ended), Code::DeadlineExceeded | Code::Cancelled));
    assert_eq!(bank.runs(), 1);
    bank.call_dropped(before).await;
    bank.go_on.add_permits(1);
    assert_eq!(surely(echo_until_ended(&client, "7", "wait")).await.unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn the_code_of_a_failure_decides_if_the_handler_runs_again(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let client = probe_in!(setup, bank.clone());
    for number in 1..=16 {
        let (id, text) = (number.to_string(), format!("code {number}"));
        let before = bank.runs();
        let first = echo(client.clone(), &id, &text).await.unwrap_err();
        let second = echo(client.clone(), &id, &text).await.unwrap_err();
        assert_eq!((first.code(), second.code()), (Code::from(number), Code::from(number)));
        assert_eq!(first.message(), second.message());
        let runs_again = matches!(
            first.code(),
            Code::Unavailable | Code::Aborted | Code::ResourceExhausted | Code::Unauthenticated
        );
        let (runs, is_same) =
            (bank.runs() - before, first.metadata().get("x-run") == second.metadata().get("x-run"));
        assert_eq!((runs, is_same), (1 + usize::from(runs_again), !runs_again), "{:?}", first.code());
    }
}

async fn a_handler_that_panics_does_not_run_again(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let client = probe_in!(setup, bank.clone());
    for _ in 0..2 {
        let status = echo(client.clone(), "7", "panic").await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    }
    assert_eq!(bank.runs(), 1);
}

async fn a_handler_ends_at_its_bound(setup: Setup) {
    let bank = Bank::new(Idempotent::new().run_for(Duration::from_millis(1)));
    let client = probe_in!(setup, bank.clone());
    for _ in 0..2 {
        assert_eq!(code(echo(client.clone(), "7", "wait").await), Code::DeadlineExceeded);
    }
    assert_eq!(bank.runs(), 1);
}

async fn a_call_that_is_refused_before_its_handler_is_not_remembered(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let mut client = probe_in!(setup, bank.clone());
    let mut refused = request("ada", "7", "a");
    refused.metadata_mut().remove("x-caller");
    assert_eq!(code(surely(client.echo(refused)).await), Code::Unauthenticated);
    assert_eq!(echo(client, "7", "a").await.unwrap().0, "a 1");
}

async fn a_call_without_room_is_refused(setup: Setup) {
    let bank = Bank::new(Idempotent::new().max_calls(1).max_bytes(0));
    let client = probe_in!(setup, bank.clone());
    assert_eq!(code(echo(client.clone(), "7", "a").await), Code::Ok);
    let full = echo(client.clone(), "8", "a").await.unwrap_err();
    assert_eq!(full.code(), Code::ResourceExhausted);
    assert!(details::find::<RetryInfo>(&full).is_some());
    // The response had no room, and the handler does not run again all the same.
    assert_eq!(code(echo(client, "7", "a").await), Code::FailedPrecondition);
    assert_eq!(bank.runs(), 1);
}

async fn calls_at_once_run_the_handler_once(setup: Setup) {
    let bank = Bank::new(Idempotent::new());
    let client = probe_in!(setup, bank.clone());
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { echo_until_ended(&client, "7", "a").await })
        })
        .collect();
    for call in calls {
        assert_eq!(surely(call).await.unwrap().unwrap().0, "a 1");
    }
    assert_eq!(bank.runs(), 1);
}

fn a_failure_after_the_client_has_gone_is_logged(setup: Setup) {
    let (log, ()) = log_of(async {
        let bank = Bank::new(Idempotent::new());
        let client = probe_in!(setup, bank.clone());
        for (id, text) in [("7", "wait fail"), ("8", "wait panic")] {
            let before = Arc::strong_count(&bank.calls);
            let first = tokio::spawn(echo(client.clone(), id, text));
            surely(bank.waiting.notified()).await;
            first.abort();
            bank.call_dropped(before).await;
            bank.go_on.add_permits(1);
            assert!(surely(echo_until_ended(&client, id, text)).await.is_err());
        }
    });
    let lines: Vec<_> = log.lines().filter(|line| line.contains("after its client had gone")).collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("NotFound") && lines[0].contains("no such account"), "{log}");
    assert!(lines[1].contains("Internal") && lines[1].contains("/probe.Probe/Echo"), "{log}");
}
