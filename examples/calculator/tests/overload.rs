//! The limit of concurrent calls.

mod support;

use std::net::SocketAddr;
use std::sync::Arc;

use calculator::auth::Auth;
use calculator::serve::serve;
use calculator::server::Calculator;
use calculator::work::{Gate, Work};
use support::{TOKEN, add, started};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const OVERLOADED: &str = "UNAVAILABLE: too many calls in flight\n  again in 100ms";

/// Makes a calculator whose gate is closed.
fn closed(max_in_flight: u32) -> (Calculator, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    gate.close();
    (Calculator::new(Auth::new(None), max_in_flight, Work::Gate(gate.clone())), gate)
}

fn spawn_add(addr: SocketAddr, numbers: (i32, i32)) -> JoinHandle<String> {
    tokio::spawn(async move { add(addr, numbers, &[TOKEN]).await })
}

#[tokio::test]
async fn further_calls_are_unavailable_at_once_and_accepted_again_afterwards() {
    let (calculator, gate) = closed(2);
    let addr = started(calculator).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(spawn_add(addr, (1, 2)));
        gate.arrival().await;
    }
    // The gate stays closed until these answers are there, so they cannot have waited for a slot.
    assert_eq!(add(addr, (10, 5), &[TOKEN]).await, OVERLOADED);
    assert_eq!(add(addr, (10, 5), &[TOKEN]).await, OVERLOADED);
    gate.open();
    for call in held {
        assert_eq!(call.await.expect("no panic"), "3");
    }
    assert_eq!(add(addr, (10, 5), &[TOKEN]).await, "15");
}

#[tokio::test]
async fn a_refused_call_gives_its_slot_back() {
    let (calculator, gate) = closed(1);
    gate.open();
    let addr = started(calculator).await;
    for _ in 0..3 {
        assert_eq!(add(addr, (10, 5), &[]).await, "UNAUTHENTICATED: invalid token");
    }
    assert_eq!(add(addr, (10, 5), &[TOKEN]).await, "15");
}

#[tokio::test]
async fn a_call_whose_client_goes_away_gives_its_slot_back() {
    let (calculator, gate) = closed(1);
    let addr = started(calculator).await;
    let call = spawn_add(addr, (1, 2));
    gate.arrival().await;
    call.abort();
    // The server learns some time later that the client has gone. Until then it is full.
    loop {
        let mut next = spawn_add(addr, (10, 5));
        tokio::select! {
            () = gate.arrival() => break,
            answer = &mut next => assert_eq!(answer.expect("no panic"), OVERLOADED),
        }
    }
}

#[tokio::test]
async fn a_call_in_flight_is_answered_after_the_shutdown_has_begun() {
    let (calculator, gate) = closed(1);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("a bound listener");
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, calculator, async { stopped.await.unwrap_or_default() }));
    let call = spawn_add(addr, (1, 2));
    gate.arrival().await;
    stop.send(()).expect("the server waits for it");
    gate.open();
    assert_eq!(call.await.expect("no panic"), "3");
    server.await.expect("no panic").expect("a graceful end");
}
