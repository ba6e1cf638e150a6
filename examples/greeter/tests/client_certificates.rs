//! A handler and an interceptor get the certificate of the client, over TLS.
//!
//! The service is not the greeter's. The test is here because TLS needs a C compiler, and only this example asks for one.

use std::net::SocketAddr;

use proto::calcul::calculatrice_client::CalculatriceClient;
use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity, Server, ServerTlsConfig};
use vestibule::extract::{PeerCerts, RemoteAddr};
use vestibule::{Code, Mount, Status, interceptor};

/// Provides the length of the client's own certificate.
#[interceptor]
async fn certificate(PeerCerts(certs): PeerCerts) -> Result<usize, Status> {
    Ok(certs[0].len())
}

struct Private;

#[interceptor(length = certificate())]
impl Calculatrice for Private {
    async fn addition(
        &self,
        _request: AdditionRequest,
        length: &usize,
        PeerCerts(certs): PeerCerts,
        RemoteAddr(remote): RemoteAddr,
    ) -> Result<AdditionResponse, Status> {
        assert!(remote.ip().is_loopback());
        assert_eq!(certs[0].len(), *length);
        Ok(AdditionResponse { resultat: i32::try_from(certs.len()).unwrap() })
    }
}

struct Public;

#[interceptor]
impl Calculatrice for Public {
    async fn addition(
        &self,
        request: AdditionRequest,
        certs: Option<PeerCerts>,
    ) -> Result<AdditionResponse, Status> {
        let count = certs.map_or(0, |PeerCerts(certs)| certs.len());
        Ok(AdditionResponse { resultat: request.nombre1 + i32::try_from(count).unwrap() })
    }
}

/// The certificates of a server and of a client, and their keys.
struct Pki {
    server: (String, String),
    client: (String, String),
}

impl Pki {
    fn new() -> Self {
        let certified = |name: &str| {
            let CertifiedKey { cert, signing_key } =
                generate_simple_self_signed([name.to_owned()]).expect("a valid name");
            (cert.pem(), signing_key.serialize_pem())
        };
        Self { server: certified("localhost"), client: certified("client.example.com") }
    }

    /// Returns a server that knows the client, and that also serves clients without a certificate.
    fn server(&self) -> Server {
        let (cert, key) = &self.server;
        let tls = ServerTlsConfig::new()
            .identity(Identity::from_pem(cert, key))
            .client_ca_root(Certificate::from_pem(&self.client.0))
            .client_auth_optional(true);
        Server::builder().tls_config(tls).expect("valid certificates")
    }

    async fn connect(
        &self,
        addr: SocketAddr,
        has_certificate: bool,
    ) -> CalculatriceClient<tonic::transport::Channel> {
        let mut tls = ClientTlsConfig::new()
            .domain_name("localhost")
            .ca_certificate(Certificate::from_pem(&self.server.0));
        if has_certificate {
            let (cert, key) = &self.client;
            tls = tls.identity(Identity::from_pem(cert, key));
        }
        let endpoint = Endpoint::from_shared(format!("https://{addr}")).expect("an address");
        let channel = endpoint.tls_config(tls).expect("valid certificates").connect().await;
        CalculatriceClient::new(channel.expect("the server accepts"))
    }
}

/// Serves a service on a free port until the test ends.
macro_rules! serve {
    ($pki:expr, $service:expr) => {{
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let addr = incoming.local_addr().expect("a bound listener");
        tokio::spawn($pki.server().add_service($service).serve_with_incoming(incoming));
        addr
    }};
}

#[tokio::test]
async fn the_certificate_of_the_client_is_known() {
    let pki = Pki::new();
    for addr in [serve!(pki, CalculatriceServer::new(Private)), serve!(pki, Mount::new(Private))] {
        let mut client = pki.connect(addr, true).await;
        assert_eq!(client.addition(AdditionRequest::default()).await.unwrap().into_inner().resultat, 1);

        let mut client = pki.connect(addr, false).await;
        let refused = client.addition(AdditionRequest::default()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated);
        assert_eq!(refused.message(), "the client has presented no certificate");
    }
}

#[tokio::test]
async fn a_certificate_may_be_optional() {
    let pki = Pki::new();
    let addr = serve!(pki, CalculatriceServer::new(Public));
    for (has_certificate, expected) in [(true, 41), (false, 40)] {
        let mut client = pki.connect(addr, has_certificate).await;
        let request = AdditionRequest { nombre1: 40, nombre2: 0 };
        assert_eq!(client.addition(request).await.unwrap().into_inner().resultat, expected);
    }
}

#[tokio::test]
async fn without_tls_there_is_no_certificate() {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let addr = incoming.local_addr().expect("a bound listener");
    tokio::spawn(Server::builder().add_service(Mount::new(Private)).serve_with_incoming(incoming));
    let mut client = CalculatriceClient::connect(format!("http://{addr}")).await.unwrap();
    let refused = client.addition(AdditionRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}
