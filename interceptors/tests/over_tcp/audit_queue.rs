//! What `Audit` does when its queue is full or its sink fails.

use std::io;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel};

use proto::hello::greeter_server::{Greeter, GreeterServer};
use tonic::Request;
use vestibule::{Code, Status};
use vestibule_interceptors::{AccessLog, Audit, AuditRecord, AuditSink, WhenFull};

use super::logged::Logged;
use crate::support::log::log_of;
use crate::support::{Setup, connect_greeter, hello, in_every_setup, serve_in, surely};

in_every_setup!(
    a_call_without_a_place_is_refused,
    a_call_without_a_place_is_counted,
    a_call_without_a_place_waits,
    all_records_are_written_before_the_audit_is_gone,
);

// The other tests run in one setup only, because they are about the sink.

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
    let (audit, records, allow) = slow(WhenFull::Block);
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

async fn all_records_are_written_before_the_audit_is_gone(setup: Setup) {
    let (sender, records) = channel();
    struct Counting(Sender<AuditRecord>);
    impl AuditSink for Counting {
        fn write(&mut self, record: AuditRecord) -> io::Result<()> {
            self.0.send(record).map_err(io::Error::other)
        }
    }
    let audit = Audit::new(Counting(sender), NonZeroUsize::new(8).unwrap(), WhenFull::Block);
    let service = Logged::new(AccessLog::server(), audit.clone());
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
    for _ in 0..4 {
        client.say_hello(hello("a")).await.unwrap();
    }
    drop((audit, service));
    assert_eq!(records.recv().unwrap().caller.as_deref(), Some("ada"));
    assert_eq!(surely(tokio::task::spawn_blocking(move || records.iter().take(3).count())).await.unwrap(), 3);
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
        let audit = Audit::new(Failing(0), NonZeroUsize::MIN, WhenFull::Block);
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

/// When the last clone is gone, the sink has all records.
#[test]
fn the_last_clone_waits_for_the_sink() {
    let (audit, records, allow) = slow(WhenFull::Block);
    let ((), ()) = (
        log_of(async {
            let service = Logged::new(AccessLog::server(), audit);
            service.say_hello(Request::new(hello("a"))).await.unwrap();
            allow.send(()).unwrap();
            drop(service);
        })
        .1,
        (),
    );
    assert_eq!(records.try_recv().unwrap().code, Code::Ok);
}
