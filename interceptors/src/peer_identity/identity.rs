use super::spiffe::{SpiffeId, is_spiffe};

/// The names of a client, as its certificate states them. [`IdentifyPeer`](super::IdentifyPeer) provides it, and has an example.
///
/// Nothing here is a secret, and all of it was verified: by the TLS of this server, or by the proxy that is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerIdentity {
    spiffe_id: Option<SpiffeId>,
    dns_names: Box<[Box<str>]>,
    subject: Option<Box<str>>,
    is_anonymous: bool,
}

impl PeerIdentity {
    /// Returns the identity of a certificate with these names, or the reason why nobody can rely on it.
    ///
    /// A certificate with a SPIFFE id has no other URI, as the [X.509-SVID standard] demands.
    ///
    /// [X.509-SVID standard]: https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md#2-spiffe-id
    pub(super) fn new<'a>(
        uris: &[&str],
        dns_names: impl IntoIterator<Item = &'a str>,
        subject: Option<&str>,
    ) -> Result<Self, &'static str> {
        let spiffe_id = match uris {
            [uri] if is_spiffe(uri) => Some(uri.parse().map_err(|_| "its SPIFFE id is not valid")?),
            [_, _, ..] if uris.iter().any(|uri| is_spiffe(uri)) => {
                return Err("it has another URI beside its SPIFFE id");
            }
            _ => None,
        };
        let dns_names = dns_names.into_iter().map(Into::into).collect();
        let subject = subject.filter(|subject| !subject.is_empty()).map(Into::into);
        Ok(Self { spiffe_id, dns_names, subject, is_anonymous: false })
    }

    /// Returns the identity of a client without a certificate.
    pub(super) fn anonymous() -> Self {
        Self { is_anonymous: true, ..Self::default() }
    }

    /// Returns true if the client has presented no certificate, which only
    /// [`allow_anonymous`](super::IdentifyPeer::allow_anonymous) lets pass.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.is_anonymous
    }

    /// Returns the SPIFFE id, if the certificate has one.
    #[must_use]
    pub fn spiffe_id(&self) -> Option<&SpiffeId> {
        self.spiffe_id.as_ref()
    }

    /// Returns the DNS names (`subjectAltName`). A name may have a wildcard.
    pub fn dns_names(&self) -> impl Iterator<Item = &str> {
        self.dns_names.iter().map(|name| &**name)
    }

    /// Returns the subject, such as `C=FR, O=Example, CN=web`, or `None` if it is empty.
    ///
    /// Certificates and proxies write its parts in another order. Prefer the SPIFFE id or a DNS name to decide something.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Returns true if the client has this SPIFFE id.
    ///
    /// ```
    /// use vestibule_interceptors::PeerIdentity;
    ///
    /// fn is_web(peer: &PeerIdentity) -> bool {
    ///     peer.is("spiffe://example.org/payments/web")
    /// }
    /// ```
    #[must_use]
    pub fn is(&self, spiffe_id: &str) -> bool {
        self.spiffe_id.as_ref().is_some_and(|id| id.as_str() == spiffe_id)
    }

    /// Returns true if the client has a SPIFFE id of this trust domain.
    ///
    /// ```
    /// use vestibule_interceptors::PeerIdentity;
    ///
    /// fn is_ours(peer: &PeerIdentity) -> bool {
    ///     peer.is_in_trust_domain("example.org")
    /// }
    /// ```
    #[must_use]
    pub fn is_in_trust_domain(&self, trust_domain: &str) -> bool {
        self.spiffe_id.as_ref().is_some_and(|id| id.trust_domain() == trust_domain)
    }
}
