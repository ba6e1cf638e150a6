//! A server on a Unix socket knows the process of its peer. A server on TCP refuses a call that needs this.

use std::convert::Infallible;
use std::path::PathBuf;

use hyper_util::rt::TokioIo;
use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::transport::{Channel, Endpoint, Server};
use tower_layer::Layer;
use vestibule::extract::{PeerCred, RemoteAddr};
use vestibule::{Code, Mount, Status, interceptor};

use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(the_peer_of_a_socket_is_known, a_peer_over_tcp_has_no_credentials);

/// Rejects the processes of other users.
#[interceptor]
async fn same_user(PeerCred(peer): PeerCred, uid: u32) -> Result<u32, Status> {
    if peer.uid() == uid { Ok(uid) } else { Err(Status::permission_denied("another user")) }
}

struct OfOneUser {
    uid: u32,
}

#[interceptor]
impl Probe for OfOneUser {
    #[interceptor(user = same_user(self.uid))]
    async fn echo(
        &self,
        _request: Ping,
        PeerCred(peer): PeerCred,
        remote: Option<RemoteAddr>,
        user: &u32,
    ) -> Result<Pong, Status> {
        assert!(remote.is_none());
        Ok(pong(format!("{} {}", peer.uid() == *user, peer.pid().unwrap_or_default())))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping, peer: Option<PeerCred>) -> Result<Pong, Status> {
        Ok(pong(peer.is_some().to_string()))
    }
}

/// Serves on a socket until the test ends, and returns a client of it.
async fn connect_to_socket<S>(service: S) -> ProbeClient<Channel>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>
        + NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    static SOCKETS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = SOCKETS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("vestibule-{}-{number}", std::process::id()));
    let listener = UnixListener::bind(&path).expect("a free path");
    let incoming = UnixListenerStream::new(listener);
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    let client = ProbeClient::new(channel(path.clone()).await);
    std::fs::remove_file(path).expect("the socket is there");
    client
}

async fn channel(path: PathBuf) -> Channel {
    let connector = tower::service_fn(move |_| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    });
    let endpoint = Endpoint::from_static("http://localhost");
    endpoint.connect_with_connector(connector).await.expect("the server accepts")
}

async fn on_a_socket(setup: Setup, service: OfOneUser) -> ProbeClient<Channel> {
    match setup {
        Setup::GeneratedServer => connect_to_socket(ProbeServer::new(service)).await,
        Setup::Mount => connect_to_socket(Mount::new(service)).await,
        Setup::Layer => connect_to_socket(vestibule::layer(()).layer(ProbeServer::new(service))).await,
    }
}

/// Returns the user of this process, as the kernel tells the other end of a socket.
fn this_user() -> u32 {
    let (one, _other) = UnixStream::pair().expect("two sockets");
    one.peer_cred().expect("a Unix socket").uid()
}

async fn the_peer_of_a_socket_is_known(setup: Setup) {
    let uid = this_user();
    let mut client = on_a_socket(setup, OfOneUser { uid }).await;
    assert_eq!(answer(client.echo(ping(&[])).await), Ok(format!("true {}", std::process::id())));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("true".to_owned()));

    let mut client = on_a_socket(setup, OfOneUser { uid: uid + 1 }).await;
    let refused = answer(client.echo(ping(&[])).await);
    assert_eq!(refused, Err((Code::PermissionDenied, "another user".to_owned())));
}

async fn a_peer_over_tcp_has_no_credentials(setup: Setup) {
    let service = OfOneUser { uid: this_user() };
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    let refused = answer(client.echo(ping(&[])).await);
    let reason = "the connection has no peer credentials".to_owned();
    assert_eq!(refused, Err((Code::Unauthenticated, reason)));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("false".to_owned()));
}
