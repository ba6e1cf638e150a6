//! The rules for `#[rpc(unimplemented(...))]`. The descriptor of the service has more of them.

use syn::ext::IdentExt;

use crate::common::errors::Errors;
use crate::service::model::service::Service;

pub(super) fn check(service: &Service, errors: &mut Errors) {
    for (i, name) in service.unimplemented.iter().enumerate() {
        if service.methods.iter().any(|method| method.sig.ident.unraw() == name.unraw()) {
            errors.error(name, format!("`{name}` has a method; remove the method, or the name here"));
        } else if service.unimplemented[..i].contains(name) {
            errors.error(name, format!("`{name}` is named twice; keep one"));
        }
    }
}
