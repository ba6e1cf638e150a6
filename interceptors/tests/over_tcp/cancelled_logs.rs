//! If callers drop ten thousand calls at any point, each call that started has one line and one record.
//!
//! It runs in one setup only, because it polls the futures of the trait's methods itself.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use proto::hello::greeter_server::Greeter;
use tokio_stream::Stream;
use tonic::{Request, Status};
use vestibule_interceptors::{AccessLog, Audit, AuditRecord, AuditSink, WhenFull};

use super::logged::Logged;
use crate::support::hello;
use crate::support::log::log_in;

const CALLS: usize = 10_000;

struct Counter(Arc<AtomicUsize>);

impl AuditSink for Counter {
    fn write(&mut self, _record: AuditRecord) -> io::Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// Starts a call and drops it, in one of many states. Returns true if the call has started.
fn start_and_drop(service: &Logged, i: usize) -> bool {
    let cx = &mut Context::from_waker(Waker::noop());
    let name = ["ada", "hang", "not found", "late"][i % 4];
    let polls = i / 4 % 3;
    if i.is_multiple_of(2) {
        let mut call = service.say_hello(Request::new(hello(name)));
        for _ in 0..polls {
            if call.as_mut().poll(cx).is_ready() {
                break;
            }
        }
        return polls > 0;
    }
    let mut call = service.lots_of_replies(Request::new(hello(name)));
    if polls > 0
        && let Poll::Ready(response) = call.as_mut().poll(cx)
    {
        let mut responses = std::pin::pin!(response.unwrap().into_inner());
        for _ in 0..i / 12 % 5 {
            let next: Poll<Option<Result<_, Status>>> = responses.as_mut().poll_next(cx);
            if !matches!(next, Poll::Ready(Some(Ok(_)))) {
                break;
            }
        }
    }
    polls > 0
}

#[tokio::test]
async fn each_call_that_started_has_one_line_and_one_record() {
    let records = Arc::new(AtomicUsize::new(0));
    let places = NonZeroUsize::new(CALLS).unwrap();
    let audit = Audit::new(Counter(Arc::clone(&records)), places, WhenFull::Drop);
    let service = Logged::new(AccessLog::server(), audit.clone());
    let (log, started) = log_in(|| (0..CALLS).filter(|i| start_and_drop(&service, *i)).count());
    let lines = log.lines().filter(|line| line.contains("vestibule::access")).count();
    assert!(started > CALLS / 2);
    assert_eq!((lines, audit.dropped()), (started, 0));
    audit.shutdown(Duration::from_secs(20)).await.unwrap();
    assert_eq!(records.load(Ordering::Relaxed), started);
}
