//! `PeerCredentials` knows the user at the other end of a Unix socket, and forwarded headers need a socket that is trusted.

use hyper_util::rt::TokioIo;
use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request};
use vestibule::extract::PeerCred;
use vestibule::{Mount, Status, interceptor};
use vestibule_interceptors::{IdentifyPeer, PeerCredentials, PeerIdentity, TrustedProxies};

use crate::support::serve;

#[derive(Clone)]
struct Local {
    peers: PeerCredentials,
    identify_peer: IdentifyPeer,
}

#[interceptor]
impl Probe for Local {
    #[interceptor(peer = &self.peers)]
    async fn echo(&self, _: Ping, peer: &PeerCred) -> Result<Pong, Status> {
        Ok(Pong { text: peer.0.uid().to_string() })
    }

    #[rpc(name = "GetURL")]
    #[interceptor(peer = &self.identify_peer)]
    async fn get_url(&self, _: Ping, peer: &PeerIdentity) -> Result<Pong, Status> {
        Ok(Pong { text: peer.spiffe_id().map(ToString::to_string).unwrap_or_default() })
    }
}

impl Local {
    fn of(peers: PeerCredentials) -> Self {
        Self { peers, identify_peer: by_proxies(TrustedProxies::networks([]).unwrap()) }
    }
}

fn by_proxies(proxies: TrustedProxies) -> IdentifyPeer {
    IdentifyPeer::by_forwarded_certificate(proxies)
}

/// Serves on a socket until the test ends, and returns a client of it.
async fn connect_to_socket(service: Local) -> ProbeClient<Channel> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let incoming = UnixListenerStream::new(UnixListener::bind(&path).unwrap());
    let service = Mount::<_, ProbeServer<()>>::new(service);
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    let connector = tower::service_fn(move |_| {
        let path = path.clone();
        async move { UnixStream::connect(path).await.map(TokioIo::new) }
    });
    let endpoint = Endpoint::from_static("http://socket.example");
    // The folder lives until the client is connected.
    let channel = endpoint.connect_with_connector(connector).await.unwrap();
    drop(folder);
    ProbeClient::new(channel)
}

fn own_ids() -> (u32, u32) {
    let metadata = std::fs::metadata("/proc/self").unwrap();
    (std::os::unix::fs::MetadataExt::uid(&metadata), std::os::unix::fs::MetadataExt::gid(&metadata))
}

#[tokio::test]
async fn a_user_or_a_group_of_the_list_may_call() {
    let (uid, gid) = own_ids();
    for peers in [
        PeerCredentials::users([uid]),
        PeerCredentials::groups([gid]),
        PeerCredentials::users([uid + 1]).or_groups([gid]),
        PeerCredentials::all_users(),
    ] {
        let mut client = connect_to_socket(Local::of(peers.clone())).await;
        let response = client.echo(Ping::default()).await.unwrap();
        assert_eq!(response.into_inner().text, uid.to_string(), "{peers:?}");
    }
    for peers in [PeerCredentials::users([uid + 1]), PeerCredentials::groups([gid + 1])] {
        let mut client = connect_to_socket(Local::of(peers.clone())).await;
        let status = client.echo(Ping::default()).await.unwrap_err();
        let expected = (Code::PermissionDenied, "this user may not call");
        assert_eq!((status.code(), status.message()), expected, "{peers:?}");
    }
}

#[tokio::test]
async fn a_peer_over_tcp_has_no_user() {
    let service = Mount::<_, ProbeServer<()>>::new(Local::of(PeerCredentials::all_users()));
    let mut client = crate::support::connect(serve(service).await).await;
    let status = client.echo(Ping::default()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_forwarded_certificate_needs_a_socket_that_is_trusted() {
    let request = || {
        let mut request = Request::new(Ping::default());
        let value = "URI=spiffe://example.org/web".parse().unwrap();
        request.metadata_mut().insert("x-forwarded-client-cert", value);
        request
    };
    let none = || TrustedProxies::networks(["0.0.0.0/0", "::/0"]).unwrap();
    for (proxies, expected) in [
        (none(), Code::Unauthenticated),
        (none().unix_sockets(), Code::Ok),
        (TrustedProxies::count(1), Code::Ok),
        // There is one element only.
        (TrustedProxies::count(2), Code::Unauthenticated),
    ] {
        let identify_peer = by_proxies(proxies.clone());
        let service = Local { identify_peer, ..Local::of(PeerCredentials::all_users()) };
        let code = match connect_to_socket(service).await.get_url(request()).await {
            Ok(response) => {
                assert_eq!(response.into_inner().text, "spiffe://example.org/web");
                Code::Ok
            }
            Err(status) => status.code(),
        };
        assert_eq!(code, expected, "{proxies:?}");
    }
}
