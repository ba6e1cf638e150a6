//! Several services are mounted together, and each must have the lists that the server requires.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use vestibule::server::Mounts;
use vestibule::{Call, Code, Mount, Status, interceptor};

use crate::support::traceable::Traceable;
use crate::support::{connect, connect_greeter, hello, ping, raw};

#[interceptor]
async fn notes(call: &Call) -> Result<String, Status> {
    Ok(call.method().name().to_owned())
}

/// The list in front of the probes.
#[interceptor(name = notes())]
async fn base(name: &String, suffix: &str) -> Result<String, Status> {
    Ok(format!("{name}{suffix}"))
}

/// Another list.
#[interceptor(notes())]
async fn other() -> Result<(), Status> {
    Ok(())
}

macro_rules! probe {
    ($service:ident $(, #[$skip:meta])?) => {
        #[derive(Clone)]
        struct $service;

        #[interceptor(notes(), name = base("!"))]
        impl Probe for $service {
            async fn echo(&self, _request: Ping, name: &str) -> Result<Pong, Status> {
                Ok(Pong { text: name.to_owned() })
            }

            #[rpc(name = "GetURL")]
            $(#[$skip])?
            async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
                Ok(Pong { text: request.text })
            }
        }
    };
}

probe!(Guarded);
probe!(Skipping, #[skip(name)]);

/// A type with two services.
#[derive(Clone, Default)]
struct Both;

#[interceptor]
impl Probe for Both {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

#[interceptor(name = base("?"))]
impl Calculatrice for Both {
    async fn addition(&self, request: AdditionRequest, name: &String) -> Result<AdditionResponse, Status> {
        assert_eq!(name, "Addition?");
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

pub(crate) async fn serve<S>(service: S) -> SocketAddr
where
    S: tower_service::Service<
            http::Request<tonic::body::Body>,
            Response = http::Response<tonic::body::Body>,
            Error = std::convert::Infallible,
            Future: Send,
        > + Clone
        + Send
        + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(Server::builder().serve_with_incoming(service, TcpIncoming::from(listener)));
    addr
}

#[tokio::test]
async fn the_services_of_one_type_are_mounted_in_one_line() {
    let mounts = Mounts::new().mount_all::<(CalculatriceServer<()>, ProbeServer<()>)>(Both);
    assert_eq!(format!("{mounts:?}"), r#"["calcul.Calculatrice", "probe.Probe"]"#);
    let addr = serve(mounts.into_service()).await;
    let mut calculator = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let sum = calculator.addition(AdditionRequest { nombre1: 1, nombre2: 2 }).await.unwrap();
    assert_eq!(sum.into_inner().resultat, 3);
    assert_eq!(connect(addr).await.echo(ping(&[])).await.unwrap().into_inner().text, "ping");
}

#[tokio::test]
async fn calls_of_other_services_reach_the_fallback_or_are_unimplemented() {
    let service = Arc::new(Both);
    let mounts = Mounts::new().mount_all_from_arc::<(CalculatriceServer<()>,)>(service);
    let addr = serve(mounts.into_service()).await;
    let status = connect(addr).await.echo(ping(&[])).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    let request = http::Request::post("/x").body(tonic::body::Body::empty()).unwrap();
    let response = raw::send(addr, request).await;
    assert_eq!(response.status(), 415);

    let mounts = Mounts::new().add_service(Mount::new(Traceable::default()));
    let routes = Routes::new(ProbeServer::new(Guarded)).prepare();
    let addr = serve(mounts.fallback_service(routes)).await;
    assert_eq!(connect_greeter(addr).await.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(connect(addr).await.echo(ping(&[])).await.unwrap().into_inner().text, "Echo!");
}

/// Returns the text of the panic.
fn panic_of(mounts: Mounts) -> Option<String> {
    let result = catch_unwind(AssertUnwindSafe(|| drop(mounts.into_service())));
    result.err().map(|panic| panic.downcast_ref::<String>().unwrap().clone())
}

#[test]
fn a_server_starts_only_if_each_service_has_the_required_lists() {
    let guarded = || Mounts::new().add_service(Mount::new(Guarded));
    assert_eq!(panic_of(guarded()), None);
    assert_eq!(panic_of(guarded().require(base)), None);
    assert_eq!(panic_of(Mounts::new().require(base).add_service(Mount::new(Guarded))), None);
    let missing = |list| {
        format!(
            "the service `probe.Probe` is mounted without the list `server::mounts::{list}`; write the list in the `#[interceptor(...)]` of its impl, and skip it in no method"
        )
    };
    assert_eq!(panic_of(guarded().require(other)), Some(missing("other")));
    let skipping = Mounts::new().require(base).add_service(Mount::new(Skipping));
    assert_eq!(panic_of(skipping), Some(missing("base")));
    let open = Mounts::new().mount_all::<(CalculatriceServer<()>, ProbeServer<()>)>(Both);
    assert_eq!(panic_of(open.require(base)), Some(missing("base")));
}

/// A list with others inside of it. The last one is in an `Option`.
#[interceptor(notes(), inner = base(suffix), Some(other()))]
async fn outer(suffix: &str, inner: &String) -> Result<String, Status> {
    Ok(format!("{inner}{suffix}"))
}

#[interceptor(name = outer("!"))]
async fn outermost(name: &str) -> Result<String, Status> {
    Ok(name.to_owned())
}

/// A list that is generic over a type.
#[interceptor(base("!"))]
async fn generic<T: Clone + Send + Sync>(value: T) -> Result<T, Status> {
    Ok(value)
}

/// A service behind one list, which has all others.
struct Nested;

#[interceptor(name = outermost())]
impl Probe for Nested {
    async fn echo(&self, _request: Ping, name: &str) -> Result<Pong, Status> {
        Ok(Pong { text: name.to_owned() })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

/// A service whose list is generic, and whose other list does not run in each call.
struct Doubtful;

#[interceptor(generic(7), vestibule::except([], other()))]
impl Probe for Doubtful {
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

#[tokio::test]
async fn a_list_inside_of_another_one_counts() {
    let nested = || Mounts::new().add_service(Mount::new(Nested));
    assert_eq!(panic_of(nested().require(base).require(outer).require(outermost)), None);
    assert!(panic_of(nested().require(other)).is_some(), "it is in an `Option`");
    let doubtful = || Mounts::new().add_service(Mount::new(Doubtful));
    assert_eq!(panic_of(doubtful().require(generic::<i32>)), None);
    assert!(panic_of(doubtful().require(base)).is_some(), "it is in a list that is generic over a type");
    assert!(panic_of(doubtful().require(other)).is_some(), "it is in `except`");
    let addr = serve(nested().into_service()).await;
    assert_eq!(connect(addr).await.echo(ping(&[])).await.unwrap().into_inner().text, "Echo!!");
}

#[test]
#[should_panic(expected = "the service `probe.Probe` is mounted twice")]
fn a_service_is_mounted_once() {
    let _ = Mounts::new().add_service(Mount::new(Guarded)).add_service(Mount::new(Skipping));
}
