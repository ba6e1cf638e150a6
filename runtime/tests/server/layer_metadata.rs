//! The metadata and the values that interceptors of a layer add reach the service and the client.

use std::sync::Mutex;

use proto::hello::greeter_server::GreeterServer;
use tonic::codec::CompressionEncoding;
use tower_layer::Layer;
use vestibule::proxy::Interceptors;
use vestibule::server::LayerMethod;
use vestibule::{Call, Mount, Rest, Status, interceptor, layer};

use super::plain_service::Plain;
use crate::support::{PATHS, connect_greeter, hello, raw, serve};

#[interceptor]
async fn adds(call: &Call, rest: impl Rest) -> Result<(), Status> {
    call.outgoing_metadata().insert("x-tenant", "blue".parse().unwrap());
    call.outgoing_metadata().insert("grpc-encoding", "none-of-yours".parse().unwrap());
    call.response_metadata().insert("x-of", "layer".parse().unwrap());
    call.response_metadata().insert("content-type", "text/html".parse().unwrap());
    let result = rest.await;
    let total = call.trailers().get("x-total").cloned();
    if let Some(total) = total {
        call.trailers().insert("x-seen", total);
    }
    call.trailers().insert("x-of", "layer".parse().unwrap());
    call.trailers().insert("grpc-status", "7".parse().unwrap());
    result
}

#[tokio::test]
async fn metadata_of_interceptors_goes_both_ways_and_leaves_the_protocol_alone() {
    let addr = serve(layer((adds(),)).layer(GreeterServer::new(Plain::default()))).await;
    let reply = raw::call(addr, PATHS[0], &hello("a")).await;
    assert!(reply.contains("ablue"), "the service has got it");
    assert_eq!(reply.headers.get_all("x-of").iter().collect::<Vec<_>>(), ["layer"]);
    assert_eq!(reply.headers["content-type"], "application/grpc");
    assert_eq!(reply.trailers.get_all("x-of").iter().collect::<Vec<_>>(), ["layer"]);
    assert_eq!(reply.trailers["grpc-status"], "0");
}

#[tokio::test]
async fn the_trailers_of_a_service_are_seen_and_passed_on() {
    let addr = serve(layer((adds(),)).layer(GreeterServer::new(Plain::default()))).await;
    let reply = raw::call(addr, PATHS[1], &hello("trailers")).await;
    assert_eq!(["x-total", "x-seen"].map(|key| &reply.trailers[key]), ["1", "1"]);
    assert_eq!(reply.trailers.get_all("x-of").iter().collect::<Vec<_>>(), ["layer"]);
}

type Seen = Mutex<Vec<(&'static str, String)>>;

/// Records the tenant of the request and the peer.
fn record(seen: &Seen, when: &'static str, call: &Call) {
    assert!(call.remote_addr().is_some(), "the extensions are there");
    seen.lock().unwrap().push((when, call.get("x-tenant").unwrap()));
}

#[interceptor]
async fn reads_before(seen: &'static Seen, call: &Call) -> Result<(), Status> {
    record(seen, "before", call);
    Ok(())
}

#[interceptor]
async fn reads_after(seen: &'static Seen, call: &Call, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    record(seen, "after", call);
    result
}

#[interceptor]
async fn reads_nothing() -> Result<(), Status> {
    Ok(())
}

/// Calls the service behind `chain`, and checks that it receives the metadata of the client.
async fn greet_behind(chain: impl Interceptors<LayerMethod>) {
    let addr = serve(layer(chain).layer(GreeterServer::new(Plain::default()))).await;
    let mut request = tonic::Request::new(hello("a"));
    request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    let response = connect_greeter(addr).await.say_hello(request).await.unwrap();
    assert!(response.into_inner().reply.contains("ablue"), "the service has got it");
}

#[tokio::test]
async fn the_service_and_each_interceptor_read_the_metadata_of_the_client() {
    static SEEN: Seen = Mutex::new(Vec::new());
    greet_behind(()).await;
    greet_behind((reads_nothing(),)).await;
    greet_behind((reads_before(&SEEN), reads_nothing())).await;
    greet_behind((reads_after(&SEEN), reads_nothing())).await;
    greet_behind((reads_after(&SEEN), reads_before(&SEEN))).await;
    let seen = ["before", "after", "before", "after"].map(|when| (when, "blue".to_owned()));
    assert_eq!(*SEEN.lock().unwrap(), seen);
}

/// `grpc-retry-pushback-ms` is the only reserved key that a service sets.
#[tokio::test]
async fn a_service_may_say_when_to_try_again() {
    #[interceptor]
    async fn pushes_back() -> Result<(), Status> {
        let mut status = Status::unavailable("later");
        status.metadata_mut().insert("grpc-retry-pushback-ms", "7".parse().unwrap());
        Err(status)
    }

    let addr = serve(layer((pushes_back(),)).layer(GreeterServer::new(Plain::default()))).await;
    assert_eq!(raw::call(addr, PATHS[0], &hello("a")).await.headers["grpc-retry-pushback-ms"], "7");
}

/// A value that an interceptor adds to the request.
#[derive(Clone, Debug, PartialEq)]
struct Tenant(&'static str);

#[interceptor]
async fn tenant(name: &'static str, call: &Call) -> Result<(), Status> {
    call.add_extension(Tenant(name));
    assert!(call.extensions().get::<Tenant>().is_none(), "it is for those further in");
    Ok(())
}

/// Responds with the tenant that it finds, and with the compression of its request.
struct Tenants;

#[interceptor]
#[rpc(default_stubs)]
impl proto::hello_stubs::greeter_server::Greeter for Tenants {
    async fn say_hello(
        &self,
        _request: proto::hello_stubs::HelloRequest,
        tenant: Option<vestibule::extract::Extension<Tenant>>,
        call: &Call,
    ) -> Result<proto::hello_stubs::HelloResponse, Status> {
        let reply = format!("{:?} {:?}", tenant.map(|tenant| tenant.0.0), call.request_encoding());
        Ok(proto::hello_stubs::HelloResponse { reply })
    }
}

#[tokio::test]
async fn a_typed_value_goes_on_to_the_service() {
    use proto::hello_stubs::greeter_server::GreeterServer;

    let chain = || layer((tenant("red"), tenant("blue")));
    for addr in [
        serve(chain().layer(GreeterServer::new(Tenants))).await,
        serve(chain().layer(Mount::new(Tenants))).await,
    ] {
        let reply = connect_greeter(addr).await.say_hello(hello("")).await.unwrap();
        assert_eq!(reply.into_inner().reply, "Some(\"blue\") None");
    }
    // On a client, the value goes to the service that the client calls.
    let client = vestibule::client(Mount::new(Tenants), (tenant("green"),));
    let mut client = proto::hello::greeter_client::GreeterClient::new(client);
    assert_eq!(client.say_hello(hello("")).await.unwrap().into_inner().reply, "Some(\"green\") None");
}

#[tokio::test]
async fn the_compression_of_requests_is_known() {
    use CompressionEncoding::Gzip;
    use proto::hello_stubs::greeter_server::GreeterServer;

    let server = || GreeterServer::new(Tenants).accept_compressed(Gzip);
    for addr in [
        serve(server()).await,
        serve(Mount::new(Tenants).accept_compressed(Gzip)).await,
        serve(layer(()).layer(server())).await,
    ] {
        let mut client = connect_greeter(addr).await;
        assert_eq!(client.say_hello(hello("")).await.unwrap().into_inner().reply, "None None");
        let mut client = client.send_compressed(Gzip);
        assert_eq!(client.say_hello(hello("")).await.unwrap().into_inner().reply, "None Some(\"gzip\")");
    }
}

/// A layer has sent the headers when the rest ends, because it does not know that the response is a single one.
#[tokio::test]
async fn what_is_added_when_the_rest_has_ended_is_in_the_trailers() {
    #[interceptor]
    async fn late(call: &Call, rest: impl Rest) -> Result<(), Status> {
        let result = rest.await;
        call.response_metadata().insert("x-late", "yes".parse().unwrap());
        result
    }

    let addr = serve(layer((late(),)).layer(GreeterServer::new(Plain::default()))).await;
    for path in PATHS {
        let reply = raw::call(addr, path, &hello("a")).await;
        assert_eq!(reply.trailers["x-late"], "yes", "{path}");
        assert!(!reply.headers.contains_key("x-late"), "{path}");
    }
}
