//! Interceptors of a client add metadata, replace the status and read trailers; tonic compresses as without them.

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use tonic::Request;
use tonic::transport::Endpoint;
use vestibule::{Call, Code, Rest, Status, client, interceptor};

use super::server::{Server, channel, code_and_message};
use crate::support::tracer::{Plan, Tracer};
use crate::support::{hello, serve};

/// The URI of the server has a prefix.
#[tokio::test]
async fn a_method_has_its_name_wherever_the_server_is() {
    #[interceptor]
    async fn name(call: &Call) -> Result<(), Status> {
        Err(Status::already_exists(format!("{} {}", call.method().path(), call.method().service())))
    }

    let origin = "http://example.com/some/where".parse().unwrap();
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let mut client = GreeterClient::with_origin(client(channel, (name(),)), origin);
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.message(), "/pb.Greeter/SayHello pb.Greeter");
}

#[tokio::test]
async fn compression_and_large_messages_are_the_clients_own_affair() {
    use tonic::codec::CompressionEncoding::Gzip;

    let server = GreeterServer::new(Server::default()).accept_compressed(Gzip).send_compressed(Gzip);
    let addr = serve(server).await;
    let mut client =
        GreeterClient::new(client(channel(addr), ())).send_compressed(Gzip).accept_compressed(Gzip);
    let large = "x".repeat(3 << 20);
    assert_eq!(client.say_hello(hello(&large)).await.unwrap().into_inner().reply, large);
}

#[tokio::test]
async fn metadata_is_added_in_place_of_what_is_there() {
    #[interceptor]
    async fn of_tenant(name: &'static str, call: &Call) -> Result<(), Status> {
        call.outgoing_metadata().insert("x-tenant", name.parse().unwrap());
        call.outgoing_metadata().insert("grpc-timeout", "1n".parse().unwrap());
        call.outgoing_metadata().insert("content-type", "text/html".parse().unwrap());
        Ok(())
    }

    let addr = serve(GreeterServer::new(Server::default())).await;
    let mut client = GreeterClient::new(client(channel(addr), (of_tenant("green"), of_tenant("blue"))));
    let mut request = Request::new(hello("a"));
    request.metadata_mut().insert("x-tenant", "red".parse().unwrap());
    assert_eq!(client.say_hello(request).await.unwrap().into_inner().reply, "ablue");
}

#[tokio::test]
async fn metadata_of_the_request_may_be_removed() {
    #[interceptor]
    async fn of_tenant(name: &'static str, call: &Call) -> Result<(), Status> {
        call.outgoing_metadata().insert("x-tenant", name.parse().unwrap());
        Ok(())
    }

    #[interceptor]
    async fn of_nobody(call: &Call) -> Result<(), Status> {
        // Without the keys of HTTP and gRPC, the server would refuse the call. An invalid key is that of no metadata.
        for key in ["x-tenant", "content-type", "te", "X TENANT"] {
            call.remove_outgoing_metadata(key);
        }
        assert_eq!(call.metadata().get("x-tenant").unwrap(), "red");
        Ok(())
    }

    let addr = serve(GreeterServer::new(Server::default())).await;
    let channel = channel(addr);
    let request = || {
        let mut request = Request::new(hello("a"));
        request.metadata_mut().insert("x-tenant", "red".parse().unwrap());
        request
    };
    let mut client = GreeterClient::new(client(channel.clone(), (of_tenant("green"), of_nobody())));
    assert_eq!(client.say_hello(request()).await.unwrap().into_inner().reply, "a");
    let mut client = GreeterClient::new(vestibule::client(channel, (of_nobody(), of_tenant("blue"))));
    assert_eq!(client.say_hello(request()).await.unwrap().into_inner().reply, "ablue");
}

#[tokio::test]
async fn an_interceptor_may_replace_the_status_and_read_trailers() {
    #[interceptor]
    async fn translate(call: &Call, rest: impl Rest) -> Result<(), Status> {
        let result = rest.await;
        call.trailers().insert("x-seen", "yes".parse().unwrap());
        result.map_err(|status| Status::not_found(format!("was {:?}", status.code())))
    }

    let tracer = Tracer::new(Plan { fails: "H", after: 1, ..Plan::default() });
    let server = Server { tracer, ..Server::default() };
    let addr = serve(GreeterServer::new(server)).await;
    let mut client = GreeterClient::new(client(channel(addr), (translate(),)));
    assert_eq!(client.say_hello(hello("a")).await.unwrap().metadata().get("x-seen").unwrap(), "yes");
    let status = client.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(code_and_message(&status), (Code::NotFound, "was Aborted"));
    assert_eq!(status.metadata().get("x-seen").unwrap(), "yes");
}
