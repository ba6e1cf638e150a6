//! `AccessLog` in a layer, on a client and for a method that leaves it out.

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::transport::Endpoint;
use tower_layer::Layer;
use tracing::Level;
use vestibule::{Status, interceptor};
use vestibule_interceptors::{AccessLog, SetRequestId};

use super::logged::{Logged, access_lines, audit_to, authenticate, logging};
use crate::support::log::Log;
use crate::support::{Setup, hello, in_every_setup, serve, serve_in};

in_every_setup!(sync a_method_may_leave_it_out);

// The other tests run in one setup only, because they are about a layer and a client.

#[interceptor(
    SetRequestId::new().key("x-id"),
    log = AccessLog::server(),
    _caller = authenticate(),
    log.caller("a name with a space and a\nbreak")
)]
async fn base() -> Result<(), Status> {
    Ok(())
}

#[test]
fn a_layer_logs_calls_of_services_that_know_nothing_of_it() {
    logging(Level::INFO, |log| async move {
        let quiet = AccessLog::server().level(vestibule::Code::Ok, Level::TRACE);
        let service = GreeterServer::new(Logged::new(quiet, audit_to(&Log::default())));
        let addr = serve(vestibule::layer((base(),)).layer(service)).await;
        let mut client = GreeterClient::connect(format!("http://{addr}")).await.unwrap();
        client.say_hello(hello("ada")).await.unwrap();
        let lines = access_lines(&log, 1).await;
        let (before, after) = lines[0].split_once(" request_id=\"").unwrap();
        assert_eq!(
            before,
            "INFO vestibule::access: finished call side=\"server\" method=\"/pb.Greeter/SayHello\" peer=PEER \
             code=\"OK\" duration_ms=TIME requests=1 request_bytes=5 responses=1 response_bytes=5"
        );
        assert_eq!(&after[36..], "\" caller=\"a name with a space and a\\nbreak\"");
    });
}

/// The peer chooses both the path and how often it sends a key.
#[test]
fn no_peer_makes_a_line_long() {
    logging(Level::INFO, |log| async move {
        let access = AccessLog::server().metadata(&["x-tenant"]);
        let quiet = AccessLog::server().level(vestibule::Code::Ok, Level::TRACE);
        let service = GreeterServer::new(Logged::new(quiet, audit_to(&Log::default())));
        let addr = serve(vestibule::layer((access,)).layer(service)).await;
        let channel = Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy();
        let mut client = tonic::client::Grpc::new(channel);
        client.ready().await.unwrap();
        let mut request = tonic::Request::new(hello("ada"));
        for _ in 0..50 {
            request.metadata_mut().append("x-tenant", "blue".parse().unwrap());
        }
        let path = format!("/pb.Greeter/{}", "x".repeat(4000)).parse().unwrap();
        let codec = tonic_prost::ProstCodec::<_, proto::hello::HelloResponse>::default();
        client.unary(request, path, codec).await.unwrap_err();
        let line = access_lines(&log, 1).await.remove(0);
        assert_eq!((line.matches("xxxx").count(), line.matches("x-tenant=blue").count()), (61, 32), "{line}");
        assert!(line.contains("x-tenant=blue …"), "{line}");
    });
}

#[test]
fn a_client_logs_its_calls_at_levels_of_its_own() {
    logging(Level::DEBUG, |log| async move {
        let quiet = Logged::new(AccessLog::server().level(vestibule::Code::Ok, Level::TRACE), audit_to(&log));
        let addr = serve(GreeterServer::new(quiet)).await;
        let channel = Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy();
        let mut client = GreeterClient::new(vestibule::client(channel, (AccessLog::client(),)));
        client.say_hello(hello("ada")).await.unwrap();
        let lines = access_lines(&log, 1).await;
        assert_eq!(
            lines[0],
            "DEBUG vestibule::access: finished call side=\"client\" method=\"/pb.Greeter/SayHello\" code=\"OK\" \
             duration_ms=TIME requests=1 request_bytes=5 responses=1 response_bytes=5"
        );
    });
}

#[derive(Clone)]
struct Health;

#[interceptor(log = AccessLog::server())]
impl Probe for Health {
    #[skip(log)]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

fn a_method_may_leave_it_out(setup: Setup) {
    logging(Level::INFO, |log| async move {
        let addr = serve_in!(setup, ProbeServer::new(Health));
        let mut client = ProbeClient::connect(format!("http://{addr}")).await.unwrap();
        let ping = || Ping { text: "a".to_owned() };
        client.echo(ping()).await.unwrap();
        client.get_url(ping()).await.unwrap();
        let lines = access_lines(&log, 1).await;
        assert_eq!(lines.len(), 1);
        assert!(lines[0].contains("/probe.Probe/GetURL"), "{lines:?}");
        // The size of a decoded message is not free.
        assert!(lines[0].ends_with("duration_ms=TIME requests=1 responses=1"), "{lines:?}");
    });
}
