//! `IdentifyPeer` reads the names in the certificate of the client, over TLS.
//!
//! The service is not the greeter's. The test is here because TLS needs a C compiler, and only this example asks for one.

use std::net::SocketAddr;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use rcgen::{CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, date_time_ymd};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Server, ServerTlsConfig};
use vestibule::{Code, Mount, Status, interceptor};
use vestibule_interceptors::{IdentifyPeer, PeerIdentity, require, spiffe_id};

/// Replies with the names of the client.
struct Identified(IdentifyPeer);

#[interceptor(peer = &self.0)]
impl Probe for Identified {
    async fn echo(&self, _: Ping, peer: &PeerIdentity) -> Result<Pong, Status> {
        let id = peer.spiffe_id().map(ToString::to_string).unwrap_or_default();
        let names: Vec<_> = peer.dns_names().collect();
        let text = format!("{id}|{}|{}", names.join(" "), peer.subject().unwrap_or_default());
        Ok(Pong { text: if peer.is_anonymous() { "anonymous".to_owned() } else { text } })
    }

    #[rpc(name = "GetURL")]
    #[interceptor(require(peer, spiffe_id("spiffe://example.org/web")))]
    async fn get_url(&self, _: Ping) -> Result<Pong, Status> {
        Ok(Pong::default())
    }
}

/// An authority that signs the certificates of the server and of all clients.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// Signs a certificate with these names.
    fn sign(&self, names: &[SanType], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new([]).unwrap();
        params.subject_alt_names = names.to_vec();
        params.distinguished_name = rcgen::DistinguishedName::new();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::from_pem(certificate.pem(), key.serialize_pem())
    }

    fn ca(&self) -> Certificate {
        Certificate::from_pem(&self.pem)
    }

    /// Serves on a free port until the test ends.
    fn serve(&self, identify_peer: IdentifyPeer) -> SocketAddr {
        let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let addr = incoming.local_addr().unwrap();
        let identity = self.sign(&[dns("localhost")], |_| {});
        let tls =
            ServerTlsConfig::new().identity(identity).client_ca_root(self.ca()).client_auth_optional(true);
        let mut server = Server::builder().tls_config(tls).unwrap();
        let service = Mount::<_, ProbeServer<()>>::new(Identified(identify_peer));
        tokio::spawn(server.add_service(service).serve_with_incoming(incoming));
        addr
    }

    async fn connect(
        &self,
        addr: SocketAddr,
        identity: Option<Identity>,
    ) -> Result<ProbeClient<Channel>, tonic::transport::Error> {
        let mut tls = ClientTlsConfig::new().domain_name("localhost").ca_certificate(self.ca());
        if let Some(identity) = identity {
            tls = tls.identity(identity);
        }
        let endpoint = Endpoint::from_shared(format!("https://{addr}")).unwrap().tls_config(tls).unwrap();
        Ok(ProbeClient::new(endpoint.connect().await?))
    }

    /// Returns the names that the server sees, or the status.
    async fn seen(&self, addr: SocketAddr, names: &[SanType]) -> Result<String, Status> {
        let mut client = self.connect(addr, Some(self.sign(names, |_| {}))).await.unwrap();
        Ok(client.echo(Ping::default()).await?.into_inner().text)
    }
}

fn uri(uri: &str) -> SanType {
    SanType::URI(uri.try_into().unwrap())
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

#[tokio::test]
async fn the_names_of_a_certificate_are_known() {
    let authority = Authority::new();
    let addr = authority.serve(IdentifyPeer::by_certificate());
    for (names, expected) in [
        (&[uri("spiffe://example.org/web")][..], "spiffe://example.org/web||"),
        (&[uri("spiffe://example.org/web"), dns("a.example.org")], "spiffe://example.org/web|a.example.org|"),
        (&[dns("a.example.org"), dns("*.example.org")], "|a.example.org *.example.org|"),
        (&[uri("https://example.org"), uri("urn:b")], "||"),
        (&[], "||"),
    ] {
        assert_eq!(authority.seen(addr, names).await.unwrap(), expected, "{names:?}");
    }
    let with_subject = authority.sign(&[], |params| {
        params.distinguished_name.push(DnType::OrganizationName, "Example");
        params.distinguished_name.push(DnType::CommonName, "web");
    });
    let mut client = authority.connect(addr, Some(with_subject)).await.unwrap();
    let response = client.echo(Ping::default()).await.unwrap();
    assert_eq!(response.into_inner().text, "||O=Example, CN=web");
}

#[tokio::test]
async fn a_spiffe_id_is_the_only_uri_and_valid() {
    let authority = Authority::new();
    let addr = authority.serve(IdentifyPeer::by_certificate());
    for names in [
        &[uri("spiffe://example.org/a"), uri("spiffe://example.org/b")][..],
        &[uri("spiffe://example.org/a"), uri("https://example.org")],
        &[uri("spiffe://example.org/a/")],
        &[uri("SPIFFE://example.org/a")],
    ] {
        let status = authority.seen(addr, names).await.unwrap_err();
        let expected = (Code::Unauthenticated, "invalid client certificate");
        assert_eq!((status.code(), status.message()), expected, "{names:?}");
    }
}

#[tokio::test]
async fn an_authority_is_no_workload() {
    let authority = Authority::new();
    let addr = authority.serve(IdentifyPeer::by_certificate());
    for (usage, expected) in [
        (KeyUsagePurpose::DigitalSignature, true),
        (KeyUsagePurpose::KeyCertSign, false),
        (KeyUsagePurpose::CrlSign, false),
    ] {
        let identity =
            authority.sign(&[uri("spiffe://example.org/web")], |params| params.key_usages = vec![usage]);
        // rustls does not ask what a key may be used for.
        let is_accepted = match authority.connect(addr, Some(identity)).await {
            Ok(mut client) => client.echo(Ping::default()).await.is_ok(),
            Err(_) => false,
        };
        assert_eq!(is_accepted, expected, "{usage:?}");
    }
}

#[tokio::test]
async fn a_client_without_a_certificate_is_refused_or_anonymous() {
    let authority = Authority::new();
    let addr = authority.serve(IdentifyPeer::by_certificate());
    let mut client = authority.connect(addr, None).await.unwrap();
    let status = client.echo(Ping::default()).await.unwrap_err();
    let expected = (Code::Unauthenticated, "a client certificate is needed");
    assert_eq!((status.code(), status.message()), expected);

    let addr = authority.serve(IdentifyPeer::by_certificate().allow_anonymous());
    let mut client = authority.connect(addr, None).await.unwrap();
    assert_eq!(client.echo(Ping::default()).await.unwrap().into_inner().text, "anonymous");
    assert_eq!(client.get_url(Ping::default()).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_policy_asks_for_the_id() {
    let authority = Authority::new();
    let addr = authority.serve(IdentifyPeer::by_certificate());
    for (id, expected) in
        [("spiffe://example.org/web", Code::Ok), ("spiffe://example.org/web2", Code::PermissionDenied)]
    {
        let mut client = authority.connect(addr, Some(authority.sign(&[uri(id)], |_| {}))).await.unwrap();
        let code = client.get_url(Ping::default()).await.map_or_else(|status| status.code(), |_| Code::Ok);
        assert_eq!(code, expected, "{id}");
    }
}

/// rustls refuses these certificates, so there is no call that an interceptor could see.
#[tokio::test]
async fn a_certificate_that_tls_refuses_makes_no_call() {
    let authority = Authority::new();
    let addr = authority.serve(IdentifyPeer::by_certificate().allow_anonymous());
    let names = [uri("spiffe://example.org/web")];
    let expired = authority.sign(&names, |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    let not_yet_valid = authority.sign(&names, |params| params.not_before = date_time_ymd(2999, 1, 1));
    let of_another_authority = Authority::new().sign(&names, |_| {});
    let valid = authority.sign(&names, |_| {});
    let mut client = authority.connect(addr, Some(valid)).await.unwrap();
    client.echo(Ping::default()).await.unwrap();
    for identity in [expired, not_yet_valid, of_another_authority] {
        // With TLS 1.3, a client learns it from its first call, and not from the handshake.
        if let Ok(mut client) = authority.connect(addr, Some(identity)).await {
            client.echo(Ping::default()).await.unwrap_err();
        }
    }
}
