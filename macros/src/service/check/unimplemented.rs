//! The rules for `#[rpc(unimplemented(...))]`. The descriptor of the service has more of them.

use syn::ext::IdentExt;

use crate::common::errors::Errors;
use crate::service::model::service::Service;

pub(super) fn check(service: &Service, errors: &mut Errors) {
    descriptor_can_be_found(service, errors);
    names_differ(service, errors);
}

/// Reports names that nothing could check. The macro finds the descriptor through tonic's generated server, and that is not
/// known if the service is named by a text.
fn descriptor_can_be_found(service: &Service, errors: &mut Errors) {
    if let (Some(name), Some(_)) = (service.unimplemented.first(), &service.wire_name) {
        let message = "with `service = \"...\"`, `unimplemented` can't be checked; remove one of the two";
        errors.error(name, message);
    }
}

/// Reports a name that has a method, and one that is there twice.
fn names_differ(service: &Service, errors: &mut Errors) {
    for (i, name) in service.unimplemented.iter().enumerate() {
        // A method with a `#[cfg]` may be missing.
        let mut methods = service.methods.iter().filter(|method| method.cfgs().next().is_none());
        if methods.any(|method| method.sig.ident.unraw() == name.unraw()) {
            errors.error(name, format!("`{name}` has a method; remove the method, or the name here"));
        } else if service.unimplemented[..i].contains(name) {
            errors.error(name, format!("`{name}` is named twice; keep one"));
        }
    }
}
