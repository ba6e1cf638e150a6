mod certificate;
mod forwarded;
mod identity;
mod policy;
mod spiffe;

#[cfg(test)]
mod tests;

use tonic::Status;
use vestibule::extract::PeerCerts;
use vestibule::{Call, FromCall, Interceptor, interceptor};

pub use identity::PeerIdentity;
pub use policy::{SpiffeIdPolicy, TrustDomainPolicy, spiffe_id, trust_domain};
pub use spiffe::{InvalidSpiffeId, SpiffeId};

use crate::real_ip::TrustedProxies;
use crate::text::cut_path;

/// Finds out who the client is, by its certificate.
///
/// It provides a [`PeerIdentity`], which later entries and handlers take by its name:
///
/// ```
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::{IdentifyPeer, PeerIdentity};
///
/// struct Calculator {
///     identify_peer: IdentifyPeer,
/// }
///
/// #[interceptor(peer = &self.identify_peer)]
/// impl Calculatrice for Calculator {
///     async fn addition(
///         &self,
///         request: AdditionRequest,
///         peer: &PeerIdentity,
///     ) -> Result<AdditionResponse, Status> {
///         println!("a call of {:?}", peer.spiffe_id());
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
///
/// let calculator = Calculator { identify_peer: IdentifyPeer::by_certificate() };
/// ```
///
/// [`spiffe_id`] and [`trust_domain`] are policies for [`require`](crate::require), which say who may call what.
///
/// # Who verifies the certificate
///
/// With [`by_certificate`](Self::by_certificate), the server itself does: give tonic's `ServerTlsConfig` a `client_ca_root`. It
/// refuses a certificate that has expired, or that another authority has signed, before there is a call.
///
/// With [`by_forwarded_certificate`](Self::by_forwarded_certificate), a proxy has done it, and tells the names in the header
/// `x-forwarded-client-cert`. That header is read only if the proxy is trusted.
///
/// # Who the client is
///
/// | the certificate has | the client is |
/// | --- | --- |
/// | one URI, a SPIFFE id | the one with this id |
/// | one URI, a SPIFFE id that breaks the standard | refused |
/// | a SPIFFE id and another URI | refused, as the standard of SPIFFE demands |
/// | a SPIFFE id, and may sign other certificates | refused, likewise |
/// | other URIs, or none | known by DNS names and subject alone |
/// | names that can't be read | refused |
///
/// `10.0.0.0/8` is trusted:
///
/// | the connection is from | `x-forwarded-client-cert` says | the client is |
/// | --- | --- | --- |
/// | 192.0.2.1 | anything | without a certificate: the header is not read |
/// | 10.0.0.1 | nothing | without a certificate |
/// | 10.0.0.1 | `URI=spiffe://example.org/web` | the one with this id |
/// | 10.0.0.1 | `URI=a,URI=b`, or the same in two headers | `b`: the nearest proxy has written the last element |
/// | 10.0.0.1 | `Subject="CN=a,O=b;c";DNS=x;DNS=y` | known by both names, and by the subject `CN=a,O=b;c` |
/// | 10.0.0.1 | `By=spiffe://example.org/proxy;Hash=00` | known, but without a name: `By` is the proxy itself |
/// | 10.0.0.1 | a quote that does not end, or a part without `=` | refused |
/// | a Unix socket | anything | without a certificate, unless [`unix_sockets`](TrustedProxies::unix_sockets) are trusted |
///
/// With [`TrustedProxies::count(2)`](TrustedProxies::count), the second element from the right counts. If there are fewer, the
/// client is without a certificate.
///
/// A client without a certificate is refused, unless [`allow_anonymous`](Self::allow_anonymous) is set. Refused is
/// UNAUTHENTICATED.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the certificate of the connection, or its address and `x-forwarded-client-cert` |
/// | writes | nothing |
/// | logs | DEBUG `a certificate was refused`, with `method` and `reason` |
/// | counts | nothing |
///
/// It belongs to the phase [`Authenticate`](vestibule::phase::Authenticate).
#[derive(Clone, Debug)]
pub struct IdentifyPeer {
    source: Source,
    allows_anonymous: bool,
}

#[derive(Clone, Debug)]
enum Source {
    Certificate,
    Forwarded(TrustedProxies),
}

impl IdentifyPeer {
    /// Reads the certificate of the connection, which the TLS of this server has verified. The example of [`IdentifyPeer`] calls
    /// it.
    #[must_use]
    pub const fn by_certificate() -> Self {
        Self { source: Source::Certificate, allows_anonymous: false }
    }

    /// Reads `x-forwarded-client-cert`, the header in which [Envoy] tells the certificate of its client.
    ///
    /// Tell the proxy to replace what its client has sent (`SANITIZE_SET`), or to append to it (`APPEND_FORWARD`).
    ///
    /// ```
    /// use vestibule_interceptors::{IdentifyPeer, TrustedProxies};
    ///
    /// # fn main() -> Result<(), vestibule_interceptors::InvalidNetwork> {
    /// let proxies = TrustedProxies::networks(["10.0.0.0/8"])?;
    /// let identify_peer = IdentifyPeer::by_forwarded_certificate(proxies);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [Envoy]: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
    #[must_use]
    pub const fn by_forwarded_certificate(proxies: TrustedProxies) -> Self {
        Self { source: Source::Forwarded(proxies), allows_anonymous: false }
    }

    /// Also accepts clients without a certificate. They have no names, and [`PeerIdentity::is_anonymous`] tells them.
    ///
    /// ```
    /// use vestibule_interceptors::IdentifyPeer;
    ///
    /// let identify_peer = IdentifyPeer::by_certificate().allow_anonymous();
    /// ```
    #[must_use]
    pub fn allow_anonymous(self) -> Self {
        Self { allows_anonymous: true, ..self }
    }

    fn identity(&self, call: &Call) -> Result<Option<PeerIdentity>, &'static str> {
        match &self.source {
            Source::Certificate => {
                let certs = PeerCerts::optional_from_call(call).ok().flatten();
                let own = certs.as_ref().and_then(|PeerCerts(certs)| certs.first());
                own.map(|own| certificate::identity(own)).transpose()
            }
            Source::Forwarded(proxies) if proxies.sent(call) => {
                forwarded::identity(call.metadata().as_ref(), proxies.counted().unwrap_or(1))
            }
            Source::Forwarded(_) => Ok(None),
        }
    }
}

#[cold]
fn refuse(call: &Call, reason: &'static str, text: &'static str) -> Status {
    let method = &*cut_path(call.method().path());
    tracing::debug!(target: "vestibule", method, reason, "a certificate was refused");
    Status::unauthenticated(text)
}

#[interceptor(phase = Authenticate)]
impl Interceptor for IdentifyPeer {
    type Provides = PeerIdentity;
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<(PeerIdentity, ()), Status> {
        match self.identity(call) {
            Ok(Some(identity)) => Ok((identity, ())),
            Ok(None) if self.allows_anonymous => Ok((PeerIdentity::anonymous(), ())),
            Ok(None) => Err(refuse(call, "there is none", "a client certificate is needed")),
            Err(reason) => Err(refuse(call, reason, "invalid client certificate")),
        }
    }
}
