//! A start that waits costs its own call alone.

use std::iter::repeat_n;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proto::hello::greeter_server::GreeterServer;
use tokio::task::JoinHandle;
use tokio_stream::StreamExt;
use tonic::codec::CompressionEncoding;
use tonic::transport::Server;
use tower_layer::Layer;
use vestibule::{Mount, layer};

use super::gate::{At, KIB, MIB, MOUNT_AND_LAYER, Sizes, name, names, serve, servers, sizes, waiting};
use crate::support::traceable::Traceable;
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::upload::upload;
use crate::support::{PATHS, connect_greeter, hello, surely};

#[tokio::test]
async fn forty_calls_at_once_are_served_four_at_a_time() {
    for (at, server) in servers() {
        let client = connect_greeter(serve(at, server, Sizes::with_limit(4)).await).await;
        let calls = repeat_n(client, 40);
        let calls = calls.map(|mut client| async move { client.say_hello(name(200 * KIB)).await });
        assert_eq!((at, sizes(calls).await), (at, vec![Ok((200 * KIB).to_string()); 40]));
    }
}

#[tokio::test]
async fn a_byte_passes_two_megabytes_whose_starts_wait() {
    for (at, server) in servers() {
        let service = Sizes::with_limit(100);
        let gate = service.gate.clone();
        let mut client = connect_greeter(serve(at, server, service).await).await;
        let gzip = client.clone().send_compressed(CompressionEncoding::Gzip);
        let calls = [client.clone(), client.clone(), gzip]
            .map(|mut client| tokio::spawn(async move { client.say_hello(waiting(name(MIB))).await }));
        gate.has(3).await;
        assert_eq!(surely(client.say_hello(name(1))).await.unwrap().into_inner().reply, "1");
        assert!(calls.iter().all(|call| !call.is_finished()), "they wait still");
        gate.open.add_permits(3);
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().into_inner().reply, MIB.to_string());
        }
    }
}

#[tokio::test]
async fn a_limit_of_four_serves_twelve_uploads_of_two_megabytes() {
    for (at, server) in servers() {
        let client = connect_greeter(serve(at, server, Sizes::with_limit(4)).await).await;
        let expected = vec![Ok((2 * MIB).to_string()); 12];
        let single = repeat_n(client.clone(), 12);
        let single = single.map(|mut client| async move { client.say_hello(name(2 * MIB)).await });
        assert_eq!((at, sizes(single).await), (at, expected.clone()));
        let streams = repeat_n(client, 12);
        let streams = streams.map(|mut client| async move { client.lots_of_greetings(names(2 * MIB)).await });
        assert_eq!((at, sizes(streams).await), (at, expected));
    }
}

/// A stream that sends more than the call takes in fills the window of its stream. Other calls do not wait if the
/// window of
/// the connection has room for the windows of all streams.
#[tokio::test]
async fn a_stream_that_is_held_back_stops_no_other_call_if_the_windows_fit() {
    const CALLS: u32 = 3;
    for at in MOUNT_AND_LAYER {
        let server = Server::builder().initial_stream_window_size(64 << 10);
        let server = server.initial_connection_window_size((CALLS + 1) * (64 << 10));
        let service = Sizes::with_limit(100);
        let gate = service.gate.clone();
        let mut client = connect_greeter(serve(at, server, service).await).await;
        let sent = Arc::new(AtomicUsize::new(0));
        let calls = [(); CALLS as usize].map(|()| {
            let (mut client, sent) = (client.clone(), Arc::clone(&sent));
            let names = names(100 * MIB).map(move |name| {
                sent.fetch_add(64 * KIB, Ordering::Relaxed);
                name
            });
            tokio::spawn(async move { client.lots_of_greetings(waiting(names)).await })
        });
        gate.has(CALLS).await;
        surely(async {
            while sent.load(Ordering::Relaxed) < CALLS as usize * 4 * MIB {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(surely(client.say_hello(name(1))).await.unwrap().into_inner().reply, "1");
        let sent = sent.load(Ordering::Relaxed);
        assert!(sent < CALLS as usize * 6 * MIB, "{at:?}: they are held back at {sent} bytes");
        calls.iter().for_each(JoinHandle::abort);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_while_a_start_waits_is_noticed() {
    for (at, path) in MOUNT_AND_LAYER.into_iter().flat_map(|at| PATHS.map(|path| (at, path))) {
        let tracer = Tracer::new(Plan { hangs: "B.s", ..Plan::default() });
        let addr = if at == At::Mount {
            crate::support::serve(Mount::new(Traceable { tracer: tracer.clone(), ..Traceable::default() }))
                .await
        } else {
            let chain = layer((Traced("A", tracer.clone()), Traced("B", tracer.clone())));
            crate::support::serve(chain.layer(GreeterServer::new(Sizes::open()))).await
        };
        for reset in [Some(h2::Reason::CANCEL), Some(h2::Reason::NO_ERROR), None] {
            let mut upload = upload(addr, path, &[hello("a")]).await;
            surely(tracer.shared.hanging.notified()).await;
            upload.send_half(&hello("abc")).await;
            match reset {
                Some(reason) => upload.body.send_reset(reason),
                None => upload.connection.abort(),
            }
            tracer.finished().await;
            assert_eq!((at, path, tracer.take()), (at, path, "A.s B.s A.f(interrupted)".to_owned()));
        }
    }
}
