//! `Idempotent` runs the handler of a repeated call once on all servers that share a real Redis, whatever happens to them.
//!
//! The tests start a Redis of their own. If it is not installed, they say that they were NOT tried.

use std::sync::Arc;
use std::time::Duration;

use proto::probe::probe_client::ProbeClient;
use tonic::transport::Channel;
use vestibule::Code;
use vestibule_interceptors::{Idempotent, OnFailure, RedisResponses};

use crate::idempotent::{Bank, code, echo, echo_until_ended, request};
use crate::redis_server::RedisServer;
use crate::support::log::log_of;
use crate::support::{Setup, in_every_setup, probe_in, surely};

in_every_setup!(
    a_call_that_ran_on_one_server_has_its_response_on_the_other,
    a_call_that_runs_on_one_server_is_aborted_on_the_other,
    a_call_whose_client_has_gone_has_its_response_on_the_other_server,
    the_code_of_a_failure_decides_if_the_other_server_runs_the_call,
    a_handler_that_panics_does_not_run_on_the_other_server,
    a_response_that_is_lost_with_redis_is_written_again,
    while_redis_is_away_calls_run_or_not_as_stated,
    a_call_that_a_paused_redis_has_begun_is_not_left_there,
    a_lost_connection_costs_no_call,
    a_server_that_is_full_asks_redis_alone,
    a_response_that_is_too_large_is_kept_nowhere,
    a_record_of_somebody_else_is_a_failure_of_the_store,
);
in_every_setup!(
    multi_thread calls_at_two_servers_at_once_run_the_handler_once,
    calls_run_once_while_redis_loses_its_scripts_and_is_paused,
);
in_every_setup!(sync a_call_that_runs_longer_than_its_lease_keeps_the_later_response);

/// The time that an answer of Redis takes at most, on however slow a machine.
const PATIENT: Duration = Duration::from_secs(60);

/// Returns what a server of its own remembers: it has a memory and a connection of its own.
fn with_store(url: &str, idempotent: Idempotent, on_failure: OnFailure) -> Idempotent {
    let store = RedisResponses::open(url).unwrap();
    idempotent.shared(store, on_failure).store_timeout(PATIENT)
}

pub(crate) fn strict(url: &str) -> Idempotent {
    with_store(url, Idempotent::new(), OnFailure::Refuse)
}

/// Starts another server with the same handler.
async fn other_server(setup: Setup, bank: &Bank, idempotent: Idempotent) -> ProbeClient<Channel> {
    probe_in!(setup, Bank { idempotent, ..bank.clone() })
}

/// Starts two servers with the same handler.
async fn two_servers(setup: Setup, server: &RedisServer) -> (Bank, [ProbeClient<Channel>; 2]) {
    let bank = Bank::new(strict(&server.url()));
    let first = probe_in!(setup, bank.clone());
    let second = other_server(setup, &bank, strict(&server.url())).await;
    (bank, [first, second])
}

pub(crate) async fn keys(server: &RedisServer) -> Vec<String> {
    server.run(&["KEYS", "vestibule:call:*"]).await
}

/// Waits until Redis has as many calls, and returns the key of the first one.
pub(crate) async fn wait_for_calls(server: &RedisServer, calls: usize) -> String {
    let found = async {
        loop {
            let keys = keys(server).await;
            if keys.len() == calls {
                return keys.first().cloned().unwrap_or_default();
            }
        }
    };
    surely(found).await
}

async fn a_call_that_ran_on_one_server_has_its_response_on_the_other(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [mut first, mut second]) = two_servers(setup, &server).await;
    let sent = surely(first.echo(request("ada", "7", "a"))).await.unwrap();
    let repeated = surely(second.echo(request("ada", "7", "a"))).await.unwrap();
    assert_eq!(repeated.metadata().get("x-run"), sent.metadata().get("x-run"));
    assert_eq!(repeated.into_inner(), sent.into_inner());
    assert_eq!(code(echo(second.clone(), "7", "b").await), Code::InvalidArgument);
    assert_eq!(bank.runs(), 1);
    // The caller, the method and the id are a part of the key.
    for (caller, id) in [("bob", "7"), ("ada", "8")] {
        surely(second.echo(request(caller, id, "a"))).await.unwrap();
    }
    surely(second.get_url(request("ada", "7", "a"))).await.unwrap();
    assert_eq!((bank.runs(), keys(&server).await.len()), (4, 4));
    let expires: u64 = server.run(&["PTTL", &wait_for_calls(&server, 4).await]).await;
    assert!(expires <= 3_600_000 && expires > 3_500_000, "{expires}");
}

async fn a_call_that_runs_on_one_server_is_aborted_on_the_other(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    let running = tokio::spawn(echo(first, "7", "wait"));
    surely(bank.waiting.notified()).await;
    let status = echo(second.clone(), "7", "wait").await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    assert_eq!(status.metadata().get("grpc-retry-pushback-ms").unwrap(), "1000");
    assert_eq!(code(echo(second.clone(), "7", "wait another").await), Code::InvalidArgument);
    let expires: u64 = server.run(&["PTTL", &wait_for_calls(&server, 1).await]).await;
    assert!(expires <= 70_000 && expires > 60_000, "{expires}");
    bank.go_on.add_permits(1);
    assert_eq!(running.await.unwrap().unwrap().0, "wait 1");
    assert_eq!(echo(second, "7", "wait").await.unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn a_call_whose_client_has_gone_has_its_response_on_the_other_server(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    let before = Arc::strong_count(&bank.calls);
    let running = tokio::spawn(echo(first, "7", "wait"));
    surely(bank.waiting.notified()).await;
    running.abort();
    bank.call_dropped(before).await;
    assert_eq!(code(echo(second.clone(), "7", "wait").await), Code::Aborted);
    bank.go_on.add_permits(1);
    assert_eq!(surely(echo_until_ended(&second, "7", "wait")).await.unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn the_code_of_a_failure_decides_if_the_other_server_runs_the_call(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    for number in 1..=16 {
        let (id, text) = (number.to_string(), format!("code {number}"));
        let before = bank.runs();
        let failed = echo(first.clone(), &id, &text).await.unwrap_err();
        let repeated = echo(second.clone(), &id, &text).await.unwrap_err();
        assert_eq!((failed.code(), repeated.code()), (Code::from(number), Code::from(number)));
        assert_eq!(failed.message(), repeated.message());
        let runs_again = matches!(
            failed.code(),
            Code::Unavailable | Code::Aborted | Code::ResourceExhausted | Code::Unauthenticated
        );
        let is_same = failed.metadata().get("x-run") == repeated.metadata().get("x-run");
        assert_eq!((bank.runs() - before, is_same), (1 + usize::from(runs_again), !runs_again), "{number}");
    }
}

async fn a_handler_that_panics_does_not_run_on_the_other_server(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    assert_eq!(code(echo(first, "7", "panic").await), Code::Internal);
    let status = surely(echo_until_ended(&second, "7", "panic")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
    assert_eq!(bank.runs(), 1);
}

async fn a_response_that_is_lost_with_redis_is_written_again(setup: Setup) {
    let Some(mut server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    let running = tokio::spawn(echo(first.clone(), "7", "wait"));
    surely(bank.waiting.notified()).await;
    server.kill();
    bank.go_on.add_permits(1);
    assert_eq!(surely(running).await.unwrap().unwrap().0, "wait 1");
    // The server that ran it needs no Redis.
    assert_eq!(echo(first, "7", "wait").await.unwrap().0, "wait 1");
    assert_eq!(code(echo(second.clone(), "7", "wait").await), Code::Unavailable);
    server.restart().await;
    wait_for_calls(&server, 1).await;
    assert_eq!(echo(second, "7", "wait").await.unwrap().0, "wait 1");
    assert_eq!(bank.runs(), 1);
}

async fn while_redis_is_away_calls_run_or_not_as_stated(setup: Setup) {
    let Some(mut server) = RedisServer::start().await else { return };
    let bank = Bank::new(strict(&server.url()));
    let strict = probe_in!(setup, bank.clone());
    let lenient = with_store(&server.url(), Idempotent::new(), OnFailure::Allow);
    let lenient = other_server(setup, &bank, lenient).await;
    assert_eq!(echo(strict.clone(), "before", "a").await.unwrap().0, "a 1");
    server.kill();
    assert_eq!(code(echo(strict.clone(), "7", "a").await), Code::Unavailable);
    assert_eq!(echo(strict.clone(), "before", "a").await.unwrap().0, "a 1");
    assert_eq!(bank.runs(), 1);
    // A server that does not refuse runs the call, but only once.
    for _ in 0..2 {
        assert_eq!(echo(lenient.clone(), "7", "a").await.unwrap().0, "a 2");
    }
    server.restart().await;
    assert_eq!(echo(strict.clone(), "8", "a").await.unwrap().0, "a 3");
    assert_eq!(echo(lenient, "8", "a").await.unwrap().0, "a 3");
}

async fn a_call_that_a_paused_redis_has_begun_is_not_left_there(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let impatient = strict(&server.url()).store_timeout(Duration::from_millis(50));
    let bank = Bank::new(impatient);
    let first = probe_in!(setup, bank.clone());
    let second = other_server(setup, &bank, strict(&server.url())).await;
    // The first server has its connection before the pause.
    while echo(first.clone(), "before", "a").await.is_err() {}
    let before = bank.runs();
    server.pause();
    assert_eq!(code(echo(first, "7", "a").await), Code::Unavailable);
    assert_eq!(bank.runs(), before);
    server.resume();
    assert!(surely(echo_until_ended(&second, "7", "a")).await.is_ok());
    assert_eq!(bank.runs(), before + 1);
}

async fn a_lost_connection_costs_no_call(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    for number in 1..=10 {
        let id = number.to_string();
        assert_eq!(echo(first.clone(), &id, "a").await.unwrap().0, format!("a {number}"));
        let _: u32 = server.run(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
        assert_eq!(echo(second.clone(), &id, "a").await.unwrap().0, format!("a {number}"));
    }
    assert_eq!(bank.runs(), 10);
}

async fn a_server_that_is_full_asks_redis_alone(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let full = Idempotent::new().max_calls(0);
    let bank = Bank::new(with_store(&server.url(), full, OnFailure::Refuse));
    let client = probe_in!(setup, bank.clone());
    for _ in 0..3 {
        assert_eq!(echo(client.clone(), "7", "a").await.unwrap().0, "a 1");
    }
    assert_eq!(bank.runs(), 1);
}

async fn a_response_that_is_too_large_is_kept_nowhere(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let small = || with_store(&server.url(), Idempotent::new().max_bytes(5), OnFailure::Refuse);
    let bank = Bank::new(small());
    let first = probe_in!(setup, bank.clone());
    let second = other_server(setup, &bank, small()).await;
    assert_eq!(code(echo(first.clone(), "7", "a").await), Code::Ok);
    for client in [first, second] {
        assert_eq!(code(echo(client, "7", "a").await), Code::FailedPrecondition);
    }
    assert_eq!(bank.runs(), 1);
}

async fn a_record_of_somebody_else_is_a_failure_of_the_store(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, [first, second]) = two_servers(setup, &server).await;
    assert_eq!(code(echo(first, "7", "a").await), Code::Ok);
    let key = wait_for_calls(&server, 1).await;
    let record: Vec<u8> = server.run(&["GET", &key]).await;
    let mut connection = server.connection().await;
    for value in [b"short".to_vec(), [&record[..48], b"\xff"].concat()] {
        let mut set = redis::cmd("SET");
        let () = set.arg(&key).arg(value).query_async(&mut connection).await.unwrap();
        assert_eq!(code(echo(second.clone(), "7", "a").await), Code::Unavailable);
    }
    let () = server.run(&["DEL", &key]).await;
    let () = server.run(&["LPUSH", &key, "a list"]).await;
    assert_eq!(code(echo(second, "7", "a").await), Code::Unavailable);
    assert_eq!(bank.runs(), 1);
}

async fn calls_at_two_servers_at_once_run_the_handler_once(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, clients) = two_servers(setup, &server).await;
    for round in 1..=10 {
        let id = round.to_string();
        let calls: Vec<_> = (0..20)
            .map(|number| {
                let (client, id) = (clients[number % 2].clone(), id.clone());
                tokio::spawn(async move { echo_until_ended(&client, &id, "a").await })
            })
            .collect();
        for call in calls {
            assert_eq!(surely(call).await.unwrap().unwrap().0, format!("a {round}"));
        }
    }
    assert_eq!(bank.runs(), 10);
}

async fn calls_run_once_while_redis_loses_its_scripts_and_is_paused(setup: Setup) {
    let Some(server) = RedisServer::start().await else { return };
    let (bank, clients) = two_servers(setup, &server).await;
    for round in 0..8 {
        let calls: Vec<_> = (0..40)
            .map(|number| {
                let (client, id) = (clients[number % 2].clone(), format!("{round}/{}", number / 4));
                tokio::spawn(async move { echo_until_ended(&client, &id, "a").await })
            })
            .collect();
        match round % 2 {
            0 => {
                // Each of them may come between the loading of a script and its run.
                for _ in 0..4 {
                    let () = server.run(&["SCRIPT", "FLUSH", "SYNC"]).await;
                }
            }
            _ => {
                server.pause();
                server.resume();
            }
        }
        let mut responses = Vec::new();
        for call in calls {
            let response = surely(call).await.unwrap();
            responses.push(response.unwrap_or_else(|status| panic!("round {round}: {status:?}")).0);
        }
        for of_one_id in responses.chunks(4) {
            assert!(of_one_id.iter().all(|response| *response == of_one_id[0]), "{of_one_id:?}");
        }
        assert_eq!(bank.runs(), 10 * (round + 1));
    }
}

fn a_call_that_runs_longer_than_its_lease_keeps_the_later_response(setup: Setup) {
    let (log, is_tried) = log_of(async {
        let Some(server) = RedisServer::start().await else { return false };
        let (bank, [first, second]) = two_servers(setup, &server).await;
        let running = tokio::spawn(echo(first, "7", "wait"));
        surely(bank.waiting.notified()).await;
        let key = wait_for_calls(&server, 1).await;
        let () = server.run(&["PEXPIRE", &key, "1"]).await;
        wait_for_calls(&server, 0).await;
        let later = tokio::spawn(echo(second, "7", "wait"));
        surely(bank.waiting.notified()).await;
        // The first handler is the one that waits longer.
        bank.go_on.add_permits(1);
        assert_eq!(surely(running).await.unwrap().unwrap().0, "wait 1");
        bank.go_on.add_permits(1);
        assert_eq!(surely(later).await.unwrap().unwrap().0, "wait 2");
        let third = other_server(setup, &bank, strict(&server.url())).await;
        assert_eq!(echo(third, "7", "wait").await.unwrap().0, "wait 2");
        true
    });
    let lines = log.lines().filter(|line| line.contains("another server has run the same call as well"));
    assert_eq!(lines.count(), usize::from(is_tried), "{log}");
}
