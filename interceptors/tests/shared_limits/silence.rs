//! A connection that is silent for long is replaced, as that to a host that has vanished.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use vestibule::Code;
use vestibule_interceptors::{OnFailure, RedisLimits};

use super::redis_server::RedisServer;
use super::{attempt, shared};

/// Passes connections on to Redis. The first one falls silent when it is told to.
struct Proxy {
    addr: SocketAddr,
    is_silent: Arc<AtomicBool>,
    connections: Arc<AtomicU32>,
}

impl Proxy {
    async fn start(redis: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let proxy = Self { addr, is_silent: Arc::default(), connections: Arc::default() };
        let (is_silent, connections) = (Arc::clone(&proxy.is_silent), Arc::clone(&proxy.connections));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let is_first = connections.fetch_add(1, Ordering::Relaxed) == 0;
                let is_silent = if is_first { Arc::clone(&is_silent) } else { Arc::default() };
                let (from_client, to_client) = client.into_split();
                let (from_redis, to_redis) = TcpStream::connect(redis).await.unwrap().into_split();
                tokio::spawn(pass(from_client, to_redis, Arc::clone(&is_silent)));
                tokio::spawn(pass(from_redis, to_client, is_silent));
            }
        });
        proxy
    }
}

/// Passes bytes on. If the connection is silent, bytes are lost, and nobody learns of it.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, is_silent: Arc<AtomicBool>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if !is_silent.load(Ordering::Relaxed) && to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
    if is_silent.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_connection_that_falls_silent_is_replaced() {
    let Some(server) = RedisServer::start().await else { return };
    let proxy = Proxy::start(server.addr).await;
    let store = RedisLimits::open(&format!("redis://{}", proxy.addr)).unwrap();
    let limit = shared(1_000_000, &store, OnFailure::Refuse);
    assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
    proxy.is_silent.store(true, Ordering::Relaxed);
    let impatient = limit.store_timeout(Duration::from_millis(50));
    let recovers = async { while attempt(&impatient, "ada".to_owned()).await != Code::Ok {} };
    tokio::time::timeout(Duration::from_secs(60), recovers).await.expect("it recovers within a minute");
    assert_eq!(proxy.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_patient_call_waits_for_a_second_attempt_to_connect() {
    let Some(server) = RedisServer::start().await else { return };
    let proxy = Proxy::start(server.addr).await;
    proxy.is_silent.store(true, Ordering::Relaxed);
    let store = RedisLimits::open(&format!("redis://{}", proxy.addr)).unwrap();
    let limit = shared(1_000_000, &store, OnFailure::Refuse);
    assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
    assert_eq!(proxy.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_patient_call_without_an_answer_is_sent_again() {
    let Some(server) = RedisServer::start().await else { return };
    let proxy = Proxy::start(server.addr).await;
    let store = RedisLimits::open(&format!("redis://{}", proxy.addr)).unwrap();
    let limit = shared(1_000_000, &store, OnFailure::Refuse);
    assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
    proxy.is_silent.store(true, Ordering::Relaxed);
    assert_eq!(attempt(&limit, "ada".to_owned()).await, Code::Ok);
    assert_eq!(proxy.connections.load(Ordering::Relaxed), 2);
}
