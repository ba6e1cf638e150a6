//! `Credentials` sends tokens where nobody else can read them, and asks for new ones in time.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::server::NamedService;
use tonic::transport::{Channel, Endpoint};
use tower_service::Service;
use vestibule::metadata::Bearer;
use vestibule::{Client, Code, Status, client, interceptor};
use vestibule_interceptors::{Credentials, Token};

use crate::support::{ping, pong, serve};

/// Responds with the token, and refuses one.
#[derive(Clone, Default)]
struct Server {
    refused: Arc<Mutex<String>>,
}

#[interceptor]
impl Probe for Server {
    async fn echo(&self, _: Ping, #[metadata("authorization")] token: Bearer<'_>) -> Result<Pong, Status> {
        if token.token() == *self.refused.lock().unwrap() {
            return Err(Status::unauthenticated("revoked"));
        }
        Ok(pong(token.token()))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _: Ping, #[metadata("x-api-key")] key: Vec<String>) -> Result<Pong, Status> {
        Ok(pong(key.join(" ")))
    }
}

fn channel(addr: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{addr}")).unwrap().connect_lazy()
}

/// Issues the tokens 1, 2, ... with this lifetime.
#[derive(Clone)]
struct Issuer {
    asked: Arc<AtomicUsize>,
    lifetime: Option<Duration>,
}

impl Issuer {
    fn new(lifetime: Option<Duration>) -> Self {
        Self { asked: Arc::default(), lifetime }
    }

    async fn token(self) -> Result<Token, Status> {
        let nth = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::task::yield_now().await;
        let token = Token::bearer(&nth.to_string())?;
        Ok(match self.lifetime {
            Some(lifetime) => token.expires_in(lifetime),
            None => token,
        })
    }
}

async fn connect(server: Server, issuer: &Issuer) -> ProbeClient<Client<Channel>> {
    let issuer = issuer.clone();
    let credentials = Credentials::new(move || issuer.clone().token()).allow_plaintext();
    ProbeClient::new(client(channel(serve(ProbeServer::new(server)).await), (credentials,)))
}

async fn echo(client: &mut ProbeClient<Client<Channel>>) -> Result<String, Code> {
    client.echo(ping(&[])).await.map(|reply| reply.into_inner().text).map_err(|status| status.code())
}

#[tokio::test]
async fn a_token_is_used_as_long_as_it_lasts() {
    let issuer = Issuer::new(Some(Duration::from_secs(3600)));
    let mut client = connect(Server::default(), &issuer).await;
    for _ in 0..5 {
        assert_eq!(echo(&mut client).await.unwrap(), "1");
        // Clones of the client share the token.
        assert_eq!(echo(&mut client.clone()).await.unwrap(), "1");
    }
}

#[tokio::test]
async fn one_call_asks_while_others_wait() {
    let issuer = Issuer::new(Some(Duration::from_secs(3600)));
    let client = connect(Server::default(), &issuer).await;
    let calls = (0..20).map(|_| {
        let mut client = client.clone();
        tokio::spawn(async move { echo(&mut client).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), "1");
    }
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn without_a_lifetime_the_source_is_asked_for_each_call() {
    let issuer = Issuer::new(None);
    let mut client = connect(Server::default(), &issuer).await;
    for nth in 1..=3 {
        assert_eq!(echo(&mut client).await.unwrap(), nth.to_string());
    }
}

#[tokio::test]
async fn what_has_expired_is_not_sent() {
    let issuer = Issuer::new(Some(Duration::ZERO));
    let mut client = connect(Server::default(), &issuer).await;
    for nth in 1..=3 {
        assert_eq!(echo(&mut client).await.unwrap(), nth.to_string());
    }
}

#[tokio::test]
async fn a_token_that_a_server_refuses_is_not_used_again() {
    let issuer = Issuer::new(Some(Duration::from_secs(3600)));
    let server = Server::default();
    let mut client = connect(server.clone(), &issuer).await;
    assert_eq!(echo(&mut client).await.unwrap(), "1");
    *server.refused.lock().unwrap() = "1".to_owned();
    assert_eq!(echo(&mut client).await, Err(Code::Unauthenticated));
    assert_eq!(echo(&mut client).await.unwrap(), "2");
    assert_eq!(echo(&mut client).await.unwrap(), "2");
}

#[tokio::test]
async fn a_source_that_fails_ends_the_call_with_its_status() {
    let addr = serve(ProbeServer::new(Server::default())).await;
    let credentials =
        Credentials::new(|| async { Err(Status::unavailable("the issuer is away")) }).allow_plaintext();
    let mut client = ProbeClient::new(client(channel(addr), (credentials,)));
    let status = client.echo(ping(&[])).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::Unavailable, "the issuer is away"));
}

#[tokio::test]
async fn a_source_that_hangs_ends_with_the_deadline() {
    let addr = serve(ProbeServer::new(Server::default())).await;
    let credentials = Credentials::new(std::future::pending).allow_plaintext();
    let mut client = ProbeClient::new(client(channel(addr), (credentials,)));
    let mut request = ping(&[]);
    request.set_timeout(Duration::from_millis(20));
    assert_eq!(client.echo(request).await.unwrap_err().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn any_metadata_may_be_credentials() {
    let addr = serve(ProbeServer::new(Server::default())).await;
    let source = || async {
        let mut metadata = MetadataMap::new();
        metadata.append("x-api-key", "one".parse().unwrap());
        metadata.append("x-api-key", "two".parse().unwrap());
        Ok(Token::new(metadata))
    };
    let mut client = ProbeClient::new(client(channel(addr), (Credentials::new(source).allow_plaintext(),)));
    let mut request = ping(&[("x-api-key", "mine")]);
    request.set_timeout(Duration::from_secs(5));
    assert_eq!(client.get_url(request).await.unwrap().into_inner().text, "one two");
}

#[tokio::test]
async fn nothing_is_sent_in_plain_text_unless_it_is_allowed() {
    let asked = Arc::new(AtomicUsize::new(0));
    let credentials = || {
        let asked = Arc::clone(&asked);
        Credentials::new(move || {
            asked.fetch_add(1, Ordering::SeqCst);
            async { Token::bearer("secret") }
        })
    };
    let addr = serve(ProbeServer::new(Server::default())).await;
    let unknown = client(channel(addr), (credentials(),));
    let status = ProbeClient::new(unknown).echo(ping(&[])).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert!(status.message().contains(".origin("), "{status}");
    let origin: http::Uri = format!("http://{addr}").parse().unwrap();
    let plain = [
        ProbeClient::new(client(channel(addr), (credentials(),)).origin(origin.clone())),
        ProbeClient::with_origin(client(channel(addr), (credentials(),)), origin.clone()),
        // The origin of the channel counts, not that of the client.
        ProbeClient::with_origin(
            client(channel(addr), (credentials(),)).origin(origin),
            "https://elsewhere".parse().unwrap(),
        ),
    ];
    for mut client in plain {
        let status = client.echo(ping(&[])).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated);
        assert!(status.message().contains("plain text") && !status.message().contains("secret"), "{status}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody was asked for what is not sent");
    // The call is not encrypted here, because the test has no certificate. The origin only says so.
    let secure = client(channel(addr), (credentials(),)).origin("https://localhost".parse().unwrap());
    let reply = ProbeClient::new(secure.clone()).echo(ping(&[])).await.unwrap();
    assert_eq!(reply.into_inner().text, "secret");
}

/// The text of the status may be anything that a header can hold.
#[tokio::test]
async fn a_token_that_is_refused_is_dropped_whatever_the_message() {
    for message in [b"%FF".as_slice(), b"\xE9", b"revoked"] {
        let addr = serve(Refusing(message)).await;
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let credentials = Credentials::new(move || {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            async move { Ok(Token::bearer(&nth.to_string())?.expires_in(Duration::from_secs(3600))) }
        });
        let mut client = ProbeClient::new(client(channel(addr), (credentials.allow_plaintext(),)));
        for _ in 0..2 {
            assert_eq!(client.echo(ping(&[])).await.unwrap_err().code(), Code::Unauthenticated);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}

/// Refuses each call with this `grpc-message`.
#[derive(Clone)]
struct Refusing(&'static [u8]);

impl NamedService for Refusing {
    const NAME: &'static str = "probe.Probe";
}

impl Service<http::Request<Body>> for Refusing {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: http::Request<Body>) -> Self::Future {
        let response = http::Response::builder()
            .header("content-type", "application/grpc")
            .header("grpc-status", "16")
            .header("grpc-message", self.0);
        ready(Ok(response.body(Body::empty()).unwrap()))
    }
}
