//! Limits that several processes share on a real Redis, whatever happens to it.
//!
//! The tests start a Redis of their own. If it is not installed, they say that they were NOT tried.

mod processes;
mod redis_server;
mod silence;

use std::time::Duration;

use tokio::task::JoinSet;
use vestibule::{Call, Code, Interceptor, MethodInfo, Shape};
use vestibule_interceptors::{OnFailure, Quota, RateLimit, RedisLimits};

use processes::{CALLS, KEYS, Process, QUOTA};
use redis_server::RedisServer;

const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);

/// No call of these tests comes back within the time that a test takes.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The time that an answer of Redis takes at most, on however slow a machine.
const PATIENT: Duration = Duration::from_secs(60);

/// The codes of some calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    accepted: u32,
    refused: u32,
    unavailable: u32,
}

impl Counts {
    fn add(&mut self, code: Code) {
        match code {
            Code::Ok => self.accepted += 1,
            Code::ResourceExhausted => self.refused += 1,
            Code::Unavailable => self.unavailable += 1,
            code => panic!("{code:?}"),
        }
    }
}

fn shared(calls: u32, store: &RedisLimits, on_failure: OnFailure) -> RateLimit {
    let quota = Quota::new(calls, DAY);
    RateLimit::new("calls", quota).shared(store.clone(), on_failure).store_timeout(PATIENT)
}

/// Makes a call of this key.
async fn attempt(limit: &RateLimit, key: String) -> Code {
    let call = Call::new(ECHO, tonic::Request::new(()));
    limit.key(key).start(&call).await.map_or_else(|status| status.code(), |_| Code::Ok)
}

async fn attempts(limit: &RateLimit, key: &str, calls: u32) -> Counts {
    let mut counts = Counts::default();
    for _ in 0..calls {
        counts.add(attempt(limit, key.to_owned()).await);
    }
    counts
}

/// Returns a limit of a process of its own: it has a count and a connection of its own.
fn other_process(server: &RedisServer, calls: u32) -> RateLimit {
    shared(calls, &RedisLimits::open(&server.url()).unwrap(), OnFailure::Refuse)
}

/// What happens to Redis while four processes make their calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Nothing,
    ScriptsLost,
    ConnectionsLost,
    Flushed,
    Paused,
    Restarted,
}

impl Event {
    const ALL: [Self; 6] = [
        Self::Nothing,
        Self::ScriptsLost,
        Self::ConnectionsLost,
        Self::Flushed,
        Self::Paused,
        Self::Restarted,
    ];

    async fn happen(self, server: &mut RedisServer) {
        match self {
            Self::Nothing => {}
            Self::ScriptsLost => server.run(&["SCRIPT", "FLUSH", "SYNC"]).await,
            Self::ConnectionsLost => {
                let _: u32 = server.run(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
            }
            Self::Flushed => server.run(&["FLUSHALL", "SYNC"]).await,
            Self::Paused => {
                server.pause();
                // Some calls of each process meet it.
                tokio::time::sleep(Duration::from_millis(200)).await;
                server.resume();
            }
            Self::Restarted => {
                server.kill();
                server.restart().await;
            }
        }
    }

    /// Returns how often Redis loses its keys.
    fn losses(self) -> u32 {
        u32::from(matches!(self, Self::Flushed | Self::Restarted))
    }

    /// Returns true if each call has an answer of Redis, if it waits long enough.
    fn answers_all(self) -> bool {
        self != Self::Restarted
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_share_a_limit_whatever_happens_to_redis() {
    let Some(mut server) = RedisServer::start().await else { return };
    let mut processes = [(); 4].map(|()| Process::start(&server.url()));
    for (round, timeout) in [PATIENT, Duration::from_millis(50)].into_iter().cycle().take(24).enumerate() {
        let event = Event::ALL[round / 2 % Event::ALL.len()];
        for process in &mut processes {
            process.begin(round as u32, timeout);
        }
        event.happen(&mut server).await;
        let mut counts = Counts::default();
        for process in &mut processes {
            let of_process = process.end();
            counts.accepted += of_process.accepted;
            counts.refused += of_process.refused;
            counts.unavailable += of_process.unavailable;
        }
        assert_eq!(counts.accepted + counts.refused + counts.unavailable, 4 * CALLS * KEYS, "{event:?}");
        let quota = KEYS * QUOTA;
        assert!(counts.accepted <= quota * (1 + event.losses()), "{event:?}: {counts:?}");
        if timeout == PATIENT && event.answers_all() {
            assert_eq!(counts.unavailable, 0, "{event:?}: {counts:?}");
        }
        if timeout == PATIENT && matches!(event, Event::Nothing | Event::ScriptsLost) {
            assert_eq!(counts.accepted, quota, "{event:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_connection_costs_no_call() {
    let Some(mut server) = RedisServer::start().await else { return };
    let limit = other_process(&server, 20);
    for _ in 0..20 {
        assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
        Event::ConnectionsLost.happen(&mut server).await;
    }
}

#[tokio::test]
async fn while_redis_is_away_calls_are_accepted_or_refused_as_stated() {
    let Some(mut server) = RedisServer::start().await else { return };
    let store = RedisLimits::open(&server.url()).unwrap();
    let strict = shared(4, &store, OnFailure::Refuse);
    let lenient = shared(4, &store, OnFailure::Allow);
    for limit in [&strict, &lenient] {
        assert_eq!(attempt(limit, "before".to_owned()).await, Code::Ok);
    }
    server.kill();
    let all_unavailable = Counts { unavailable: 4, refused: 1, ..Counts::default() };
    assert_eq!(attempts(&strict, "strict", 5).await, all_unavailable);
    // The limit of the process holds.
    assert_eq!(
        attempts(&lenient, "lenient", 5).await,
        Counts { accepted: 4, refused: 1, ..Counts::default() }
    );
    server.restart().await;
    assert_eq!(attempt(&strict, "after".to_owned()).await, Code::Ok);
}

#[tokio::test]
async fn no_call_waits_for_a_redis_that_is_paused() {
    let Some(server) = RedisServer::start().await else { return };
    let store = RedisLimits::open(&server.url()).unwrap();
    let limit = shared(9, &store, OnFailure::Refuse);
    assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
    server.pause();
    let impatient = limit.clone().store_timeout(Duration::from_millis(50));
    assert_eq!(attempts(&impatient, "bob", 3).await, Counts { unavailable: 3, ..Counts::default() });
    server.resume();
    assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
}

/// Returns the number of scripts that Redis has run.
async fn scripts(server: &RedisServer) -> u32 {
    let stats: String = server.run(&["INFO", "commandstats"]).await;
    let Some((_, calls)) = stats.split_once("cmdstat_evalsha:calls=") else { return 0 };
    calls.split_once(',').unwrap().0.parse().unwrap()
}

#[tokio::test]
async fn a_caller_above_the_limit_is_no_load_on_redis() {
    let Some(server) = RedisServer::start().await else { return };
    let [first, second] = [(); 2].map(|()| other_process(&server, 3));
    assert_eq!(attempts(&first, "ada", 3).await.accepted, 3);
    assert_eq!(attempts(&first, "ada", 100).await.refused, 100);
    // The other process learns it from Redis, once.
    assert_eq!(attempts(&second, "ada", 100).await.refused, 100);
    // Redis counts a script twice that it did not know.
    assert_eq!(scripts(&server).await, 3 + 1 + 1);
}

#[tokio::test]
async fn ten_thousand_calls_at_once_share_one_connection() {
    let Some(server) = RedisServer::start().await else { return };
    let before: String = server.run(&["INFO", "stats"]).await;
    let limit = other_process(&server, 6000);
    let mut calls = JoinSet::new();
    for _ in 0..10_000 {
        let limit = limit.clone();
        calls.spawn(async move { attempt(&limit, "ada".to_owned()).await });
    }
    let mut counts = Counts::default();
    while let Some(code) = calls.join_next().await {
        counts.add(code.unwrap());
    }
    assert_eq!(counts, Counts { accepted: 6000, refused: 4000, unavailable: 0 });
    let after: String = server.run(&["INFO", "stats"]).await;
    let connections = |stats: &str| -> u32 {
        let (_, number) = stats.split_once("total_connections_received:").unwrap();
        number.lines().next().unwrap().parse().unwrap()
    };
    // The second question has a connection of its own.
    assert_eq!(connections(&after) - connections(&before), 2);
}

#[tokio::test]
async fn keys_limits_and_methods_do_not_meet_and_keys_expire() {
    let Some(server) = RedisServer::start().await else { return };
    let store = RedisLimits::open(&server.url()).unwrap();
    let limit = |name| {
        let quota = Quota::new(1, Duration::from_secs(1000)).burst(3);
        RateLimit::new(name, quota).shared(store.clone(), OnFailure::Refuse).store_timeout(PATIENT)
    };
    for limit in [limit("a"), limit("b"), limit("a").per_method()] {
        assert_eq!(attempts(&limit, "ada", 4).await.accepted, 3);
        assert_eq!(attempts(&limit, "bob", 4).await.accepted, 3);
    }
    let mut keys: Vec<String> = server.run(&["KEYS", "*"]).await;
    keys.sort();
    let expected = [
        "vestibule:limit:{a:/probe.Probe/Echo:ada}",
        "vestibule:limit:{a:/probe.Probe/Echo:bob}",
        "vestibule:limit:{a::ada}",
        "vestibule:limit:{a::bob}",
        "vestibule:limit:{b::ada}",
        "vestibule:limit:{b::bob}",
    ];
    assert_eq!(keys, expected);
    let expires: u64 = server.run(&["PTTL", "vestibule:limit:{a::ada}"]).await;
    assert!(expires <= 3_000_000 && expires > 2_900_000, "{expires}");
}

#[tokio::test]
async fn a_key_that_something_else_has_written_locks_nobody_out() {
    let Some(server) = RedisServer::start().await else { return };
    for (value, expected) in [
        ("no number", Counts { accepted: 3, refused: 1, unavailable: 0 }),
        ("", Counts { accepted: 3, refused: 1, unavailable: 0 }),
        ("nan", Counts { accepted: 3, refused: 1, unavailable: 0 }),
        ("-1", Counts { accepted: 3, refused: 1, unavailable: 0 }),
        // The clock of Redis was set back: the key is refused for as long as one that was used up just now.
        ("99999999999999999", Counts { accepted: 0, refused: 4, unavailable: 0 }),
    ] {
        let quota = Quota::new(1, DAY).burst(3);
        let store = RedisLimits::open(&server.url()).unwrap();
        let limit = RateLimit::new("calls", quota).shared(store, OnFailure::Refuse).store_timeout(PATIENT);
        let () = server.run(&["SET", "vestibule:limit:{calls::ada}", value]).await;
        assert_eq!(attempts(&limit, "ada", 4).await, expected, "{value}");
    }
}
