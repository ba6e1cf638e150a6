//! The names in a certificate.

use x509_parser::certificate::X509Certificate;
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
    let identity = PeerIdentity::new(&uris, dns_names, Some(&certificate.subject().to_string()))?;
    if identity.spiffe_id().is_some() && may_sign(&certificate)? {
        return Err("it has a SPIFFE id, and may sign other certificates");
    }
    Ok(identity)
}

/// Returns true for a certificate of an authority, which is no identity of a workload.
///
/// See <https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md#52-leaf-validation>.
fn may_sign(certificate: &X509Certificate<'_>) -> Result<bool, &'static str> {
    let constraints = certificate.basic_constraints().map_err(|_| "its constraints can't be read")?;
    let usage = certificate.key_usage().map_err(|_| "its key usage can't be read")?;
    let is_authority = constraints.is_some_and(|constraints| constraints.value.ca);
    Ok(is_authority || usage.is_some_and(|usage| usage.value.key_cert_sign() || usage.value.crl_sign()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_no_certificate_is_refused() {
        for der in [&b""[..], b"x", &[0x30, 0x03, 0x02, 0x01, 0x00], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(super::identity(der), Err("it can't be read"), "{der:?}");
        }
    }
}
