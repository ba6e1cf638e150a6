//! No interceptor and no service sets a header that is the protocol's.

use std::sync::{Arc, Mutex};

use http::HeaderMap;
use proto::hello::greeter_server::GreeterServer;
use tokio_stream::Stream;
use tonic::Response;
use tower_layer::Layer;
use vestibule::{Code, Mount, Status, interceptor, layer};

use super::header_services::{
    Adds, Annotated, MOUNTS, Plain, RESERVED, WAYS, Way, behind, server_streaming, unary,
};
use crate::support::log::log_of;
use crate::support::{PATHS, hello, raw, serve};

#[test]
fn a_key_of_the_protocol_goes_nowhere_and_is_warned_of_once() {
    for (mount, way) in MOUNTS.into_iter().flat_map(|mount| WAYS.map(|way| (mount, way))) {
        let seen = Arc::<Mutex<HeaderMap>>::default();
        let (log, calls) = log_of(async {
            let mut client = behind(mount, &Adds::reserved(way), &seen).await;
            [unary(&mut client).await, server_streaming(&mut client).await]
        });
        for ((result, metadata), ok) in calls.into_iter().zip(["a", "ab"]) {
            let expected = if way == Way::Status { Err(Code::NotFound) } else { Ok(ok.to_owned()) };
            assert_eq!(result, expected, "{mount} {way:?}");
            let seen = seen.lock().unwrap();
            for (key, value) in RESERVED {
                let values = metadata.get_all(key).iter().chain(seen.get_all(key));
                let forged: Vec<_> = values.filter(|other| *other == value).collect();
                assert!(forged.is_empty(), "{mount} {way:?} {key}: {forged:?}");
            }
        }
        let is_kept = seen.lock().unwrap().contains_key("x-kept");
        assert_eq!(is_kept, way == Way::Outgoing, "{mount} {way:?}");
        for (key, method) in
            RESERVED.iter().flat_map(|(key, _)| ["SayHello", "LotsOfReplies"].map(|method| (key, method)))
        {
            // tonic itself sets the content-type of a status, so the log does not warn of it.
            let expected = usize::from((way, *key) != (Way::Status, "content-type"));
            let warning = format!("the key is reserved method=\"/pb.Greeter/{method}\" key=\"{key}\"");
            assert_eq!(log.matches(&warning).count(), expected, "{mount} {way:?} {key}: {log}");
        }
    }
}

/// The paths of the methods that stream their response.
const STREAMS: [&str; 2] = [PATHS[1], PATHS[3]];

#[tokio::test]
async fn a_key_of_the_protocol_is_not_on_the_wire() {
    let ways = [Way::Status, Way::Reply, Way::LateReply, Way::Trailers];
    for (mount, way) in MOUNTS[..3].iter().flat_map(|mount| ways.map(|way| (*mount, way))) {
        let adds = Adds::reserved(way);
        let annotated = Annotated(adds.clone(), Arc::default());
        let addr = match mount {
            "generated" => serve(GreeterServer::new(annotated)).await,
            "mount" => serve(Mount::new(annotated)).await,
            _ => serve(layer((adds,)).layer(GreeterServer::new(Plain::default()))).await,
        };
        for path in PATHS {
            let reply = raw::call(addr, path, &hello("a")).await;
            for (key, value) in RESERVED {
                let forged = reply.headers.get_all(key).iter().chain(reply.trailers.get_all(key));
                let forged: Vec<_> = forged.filter(|other| *other == value).collect();
                assert!(forged.is_empty(), "{mount} {way:?} {path} {key}: {forged:?}");
            }
            assert_eq!(reply.get("grpc-status"), Some(if way == Way::Status { "5" } else { "0" }));
            // tonic's own server can not send trailers after a single response.
            let is_lost = (mount, way) == ("generated", Way::Trailers) && !STREAMS.contains(&path);
            assert_eq!(reply.get("x-kept"), (!is_lost).then_some("yes"), "{mount} {way:?} {path}");
        }
    }
}

/// Sends the metadata of another server's response, as a relay would that copies it.
#[derive(Clone)]
struct Relays;

fn copied<T>(reply: T) -> Response<T> {
    let mut response = Response::new(reply);
    for (key, value) in RESERVED {
        response.metadata_mut().as_mut().insert(key, value.parse().unwrap());
    }
    response.metadata_mut().insert("x-kept", "yes".parse().unwrap());
    response
}

#[interceptor]
#[rpc(default_stubs)]
impl proto::hello_stubs::greeter_server::Greeter for Relays {
    async fn say_hello(
        &self,
        _request: proto::hello_stubs::HelloRequest,
    ) -> Result<Response<proto::hello_stubs::HelloResponse>, Status> {
        Ok(copied(proto::hello_stubs::HelloResponse::default()))
    }

    async fn lots_of_replies(
        &self,
        request: proto::hello_stubs::HelloRequest,
    ) -> Result<Response<impl Stream<Item = Result<proto::hello_stubs::HelloResponse, Status>>>, Status> {
        let _ = request;
        Ok(copied(tokio_stream::once(Ok(proto::hello_stubs::HelloResponse::default()))))
    }
}

#[tokio::test]
async fn what_a_relay_copies_is_a_proper_response() {
    use proto::hello_stubs::greeter_server::GreeterServer;

    for addr in [
        serve(GreeterServer::new(Relays)).await,
        serve(Mount::new(Relays)).await,
        serve(layer(()).layer(GreeterServer::new(Relays))).await,
    ] {
        let mut client = crate::support::connect_greeter(addr).await;
        client.say_hello(hello("a")).await.unwrap();
        let (received, end) = crate::support::all_responses(client.lots_of_replies(hello("a")).await).await;
        assert_eq!((received.len(), end), (1, Ok(())));
        for path in &PATHS[..2] {
            let reply = raw::call(addr, path, &hello("a")).await;
            for (key, value) in RESERVED {
                assert_ne!(reply.get(key), Some(value), "{path} {key}");
            }
            assert_eq!(reply.get("x-kept"), Some("yes"), "{path}");
        }
    }
}

/// The keys that each response has, which a relay copies without a purpose.
const OF_EACH_RESPONSE: [&str; 5] =
    ["content-type", "grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding"];

#[test]
fn a_key_that_a_handler_sets_on_purpose_is_warned_of_once() {
    use proto::hello_stubs::greeter_server::GreeterServer;

    for mount in ["generated", "mount", "layer"] {
        let (log, ()) = log_of(async {
            let addr = match mount {
                "generated" => serve(GreeterServer::new(Relays)).await,
                "mount" => serve(Mount::new(Relays)).await,
                _ => serve(layer(()).layer(GreeterServer::new(Relays))).await,
            };
            for path in &PATHS[..2] {
                raw::call(addr, path, &hello("a")).await;
            }
        });
        for (key, path) in RESERVED.iter().flat_map(|(key, _)| PATHS[..2].iter().map(move |path| (key, path)))
        {
            let warning =
                format!("of a response is dropped: the key is reserved method=\"{path}\" key=\"{key}\"");
            let expected = usize::from(!OF_EACH_RESPONSE.contains(key));
            assert_eq!(log.matches(&warning).count(), expected, "{mount} {key}: {log}");
        }
    }
}
