//! What `Audit` does when its queue is full or its sink fails.

use std::io;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use proto::hello::greeter_server::{Greeter, GreeterServer};
use tonic::Request;
use vestibule::{Code, Status};
use vestibule_interceptors::{AccessLog, Audit, AuditRecord, AuditSink, WhenFull};

use super::logged::Logged;
use crate::support::log::{Log, log_of};
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in, surely};

in_every_setup!(
    a_call_without_a_place_is_refused,
    a_call_without_a_place_is_counted,
    a_call_without_a_place_waits,
    streams_that_nobody_reads_keep_nobody_out,
    a_wait_for_room_has_an_end,
    shutdown_waits_until_the_sink_has_all_records,
);

// The other tests run in one setup only, because they are about the sink.

/// No test waits that long unless it fails.
const LONG: Duration = Duration::from_secs(20);
const PLACES: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// A sink that tells when it has a record, and goes on when it is allowed to.
struct Slow {
    has_record: Sender<AuditRecord>,
    go_on: Receiver<()>,
}

impl AuditSink for Slow {
    fn write(&mut self, record: AuditRecord) -> io::Result<()> {
        self.has_record.send(record).map_err(io::Error::other)?;
        // After the test the sink does not wait any more.
        let _ = self.go_on.recv();
        Ok(())
    }
}

fn slow(when_full: WhenFull) -> (Audit, Receiver<AuditRecord>, Sender<()>) {
    let (has_record, records) = channel();
    let (allow, go_on) = channel();
    (Audit::new(Slow { has_record, go_on }, NonZeroUsize::MIN, when_full), records, allow)
}

async fn a_call_without_a_place_is_refused(setup: Setup) {
    let (audit, records, allow) = slow(WhenFull::Refuse);
    let service = Logged::new(AccessLog::server(), audit.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    client.say_hello(hello("a")).await.unwrap();
    records.recv().unwrap();
    let refused = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "the audit log is full"));
    allow.send(()).unwrap();
    // The thread of the sink frees the place some time later.
    surely(async { while client.say_hello(hello("a")).await.is_err() {} }).await;
    assert_eq!(audit.dropped(), 0);
    assert!(audit.refused() >= 1);
}

/// The streams are open, and their client reads none of their messages. So no record waits for the sink.
async fn streams_that_nobody_reads_keep_nobody_out(setup: Setup) {
    let (audit, records, allow) = slow(WhenFull::Refuse);
    let service = Logged::new(AccessLog::server(), audit.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(client.lots_of_replies(hello("hang")).await.unwrap());
    }
    client.say_hello(hello("a")).await.unwrap();
    records.recv().unwrap();
    // Each stream has been let in, so each has its record, although there is no room for it now.
    drop(streams);
    for _ in 0..3 {
        allow.send(()).unwrap();
    }
    let next = move || (0..3).map(|_| records.recv().unwrap().code).collect::<Vec<_>>();
    assert_eq!(surely(tokio::task::spawn_blocking(next)).await.unwrap(), [Code::Cancelled; 3]);
    assert_eq!((audit.dropped(), audit.refused()), (0, 0));
}

async fn a_wait_for_room_has_an_end(setup: Setup) {
    let (audit, records, _allow) = slow(WhenFull::Block(Duration::from_millis(1)));
    let service = Logged::new(AccessLog::server(), audit.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    client.say_hello(hello("a")).await.unwrap();
    records.recv().unwrap();
    let refused = surely(client.say_hello(hello("a"))).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::Unavailable, "the audit log is full"));
    assert_eq!((audit.dropped(), audit.refused()), (0, 1));
}

async fn a_call_without_a_place_is_counted(setup: Setup) {
    let (audit, records, _allow) = slow(WhenFull::Drop);
    let service = Logged::new(AccessLog::server(), audit.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    client.say_hello(hello("a")).await.unwrap();
    records.recv().unwrap();
    for dropped in 1..4 {
        client.say_hello(hello("a")).await.unwrap();
        assert_eq!(audit.dropped(), dropped);
    }
}

async fn a_call_without_a_place_waits(setup: Setup) {
    let (audit, records, allow) = slow(WhenFull::Block(LONG));
    let service = Logged::new(AccessLog::server(), audit);
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    client.say_hello(hello("a")).await.unwrap();
    assert_eq!(records.recv().unwrap().code, Code::Ok);
    let mut waiting = std::pin::pin!(client.say_hello(hello("fail")));
    // The sink has the first record, so the second call has no place until the sink goes on.
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("it waits"),
        () = async { for _ in 0..100 { tokio::task::yield_now().await } } => {}
    }
    assert!(records.try_recv().is_err());
    allow.send(()).unwrap();
    surely(waiting).await.unwrap_err();
    assert_eq!(
        surely(tokio::task::spawn_blocking(move || records.recv())).await.unwrap().unwrap().code,
        Code::DataLoss
    );
}

async fn shutdown_waits_until_the_sink_has_all_records(setup: Setup) {
    let (sender, records) = channel();
    struct Counting(Sender<AuditRecord>);
    impl AuditSink for Counting {
        fn write(&mut self, record: AuditRecord) -> io::Result<()> {
            self.0.send(record).map_err(io::Error::other)
        }
    }
    let audit = Audit::new(Counting(sender), PLACES, WhenFull::Block(LONG));
    let service = Logged::new(AccessLog::server(), audit.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    for _ in 0..4 {
        client.say_hello(hello("a")).await.unwrap();
    }
    surely(audit.shutdown(LONG)).await.unwrap();
    let callers: Vec<_> = records.try_iter().map(|record| record.caller.unwrap()).collect();
    assert_eq!(callers, ["ada"; 4]);
}

/// A sink that fails first, then panics, and then works.
struct Failing(u32);

impl AuditSink for Failing {
    fn write(&mut self, _record: AuditRecord) -> io::Result<()> {
        self.0 += 1;
        match self.0 {
            1 => Err(io::Error::other("the disk is full")),
            2 => panic!("the sink is broken"),
            _ => Ok(()),
        }
    }
}

#[test]
fn a_sink_that_fails_stops_nothing() {
    let (_, ()) = log_of(async {
        let audit = Audit::new(Failing(0), NonZeroUsize::MIN, WhenFull::Block(LONG));
        let service = Logged::new(AccessLog::server(), audit.clone());
        for _ in 0..4 {
            // Each call needs the place of the call before it.
            let response: Result<_, Status> = service.say_hello(Request::new(hello("a"))).await;
            response.unwrap();
        }
        drop(service);
        surely(async {
            while audit.dropped() < 2 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(audit.dropped(), 2);
    });
}

/// Each failure would be a line otherwise: 1, 2, 3, 4 and 5.
#[test]
fn a_sink_that_always_fails_does_not_fill_the_log() {
    let log = Log::default();
    let audit = Audit::new(Broken { log: log.clone(), is_logging: false }, PLACES, WhenFull::Block(LONG));
    let service = Logged::new(AccessLog::server(), audit.clone());
    log_of(async {
        for _ in 0..5 {
            service.say_hello(Request::new(hello("a"))).await.unwrap();
        }
        surely(audit.shutdown(LONG)).await.unwrap();
    });
    assert_eq!(audit.dropped(), 5);
    let text = log.text();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[2].contains("failed=4 error=the disk is full"), "{text}");
}

/// A sink that always fails, and records what its thread logs.
struct Broken {
    log: Log,
    is_logging: bool,
}

impl AuditSink for Broken {
    fn write(&mut self, _record: AuditRecord) -> io::Result<()> {
        if !std::mem::replace(&mut self.is_logging, true) {
            let subscriber =
                tracing_subscriber::fmt().with_writer(self.log.clone()).with_ansi(false).finish();
            // The thread of the sink logs to it until it ends.
            std::mem::forget(tracing::subscriber::set_default(subscriber));
        }
        Err(io::Error::other("the disk is full"))
    }
}

#[test]
fn shutdown_ends_at_its_limit() {
    let (audit, records, allow) = slow(WhenFull::Block(LONG));
    let service = Logged::new(AccessLog::server(), audit.clone());
    log_of(async {
        service.say_hello(Request::new(hello("a"))).await.unwrap();
        let error = surely(audit.shutdown(Duration::ZERO)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        allow.send(()).unwrap();
        surely(audit.shutdown(LONG)).await.unwrap();
    });
    assert_eq!(records.try_recv().unwrap().code, Code::Ok);
}

/// The last clone may be dropped in a thread of tokio, which a slow sink must not block.
#[test]
fn a_drop_does_not_wait_for_the_sink() {
    let (audit, records, _allow) = slow(WhenFull::Block(LONG));
    log_of(async {
        let service = Logged::new(AccessLog::server(), audit);
        service.say_hello(Request::new(hello("a"))).await.unwrap();
        records.recv().unwrap();
        let (is_dropped, dropped) = channel();
        std::thread::spawn(move || {
            drop(service);
            is_dropped.send(()).unwrap();
        });
        dropped.recv_timeout(LONG).expect("the sink hangs, and the drop does not");
    });
}
