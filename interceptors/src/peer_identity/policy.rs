use std::fmt;

use super::identity::PeerIdentity;
use crate::access::Policy;

/// Allows the client with this SPIFFE id, for [`require`](crate::require).
///
/// ```
/// use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// use proto::calcul::{AdditionRequest, AdditionResponse};
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::{IdentifyPeer, any, require, spiffe_id, trust_domain};
///
/// struct Calculator {
///     identify_peer: IdentifyPeer,
/// }
///
/// #[interceptor(peer = &self.identify_peer, each(access))]
/// impl Calculatrice for Calculator {
///     #[interceptor(access = require(peer, spiffe_id("spiffe://example.org/payments/web")))]
///     async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
/// ```
#[must_use]
pub const fn spiffe_id(id: &str) -> SpiffeIdPolicy<'_> {
    SpiffeIdPolicy(id)
}

/// Allows the clients of this trust domain, for [`require`](crate::require).
///
/// ```
/// use vestibule_interceptors::{PeerIdentity, Policy, trust_domain};
///
/// fn is_ours(peer: &PeerIdentity) -> bool {
///     trust_domain("example.org").allows(peer)
/// }
/// ```
#[must_use]
pub const fn trust_domain(name: &str) -> TrustDomainPolicy<'_> {
    TrustDomainPolicy(name)
}

/// The policy that [`spiffe_id`] makes.
#[derive(Clone, Copy, Debug)]
pub struct SpiffeIdPolicy<'a>(&'a str);

/// The policy that [`trust_domain`] makes.
#[derive(Clone, Copy, Debug)]
pub struct TrustDomainPolicy<'a>(&'a str);

impl Policy<PeerIdentity> for SpiffeIdPolicy<'_> {
    fn allows(&self, peer: &PeerIdentity) -> bool {
        peer.is(self.0)
    }

    fn needs(&self, _: &PeerIdentity, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another certificate")
    }

    fn needs_in_log(&self, peer: &PeerIdentity, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, and not ", self.0)?;
        write_id(peer, f)
    }
}

impl Policy<PeerIdentity> for TrustDomainPolicy<'_> {
    fn allows(&self, peer: &PeerIdentity) -> bool {
        peer.is_in_trust_domain(self.0)
    }

    fn needs(&self, _: &PeerIdentity, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another certificate")
    }

    fn needs_in_log(&self, peer: &PeerIdentity, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the trust domain {}, and not ", self.0)?;
        write_id(peer, f)
    }
}

fn write_id(peer: &PeerIdentity, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match peer.spiffe_id() {
        Some(id) => f.write_str(id.as_str()),
        None => f.write_str("a client without a SPIFFE id"),
    }
}
