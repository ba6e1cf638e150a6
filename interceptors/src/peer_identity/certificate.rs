//! The names in a certificate.

use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use super::identity::PeerIdentity;

/// Returns the identity that a certificate states, or the reason why nobody can rely on it. Whoever calls has verified it.
pub(super) fn identity(der: &[u8]) -> Result<PeerIdentity, &'static str> {
    let (_, certificate) = parse_x509_certificate(der).map_err(|_| "it can't be read")?;
    let names = certificate.subject_alternative_name().map_err(|_| "its names can't be read")?;
    let names = names.map_or(&[][..], |extension| &extension.value.general_names);
    let (mut uris, mut dns_names) = (Vec::new(), Vec::new());
    for name in names {
        match name {
            GeneralName::URI(uri) => uris.push(*uri),
            GeneralName::DNSName(name) => dns_names.push(*name),
            GeneralName::Invalid(..) => return Err("its names can't be read"),
            _ => {}
        }
    }
    PeerIdentity::new(&uris, dns_names, Some(&certificate.subject().to_string()))
}
