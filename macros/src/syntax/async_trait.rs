//! Reads methods that `#[async_trait]` has rewritten. It ran first because the user wrote it above our attribute.

use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Lifetime, Path, ReturnType, Signature, Type};

use crate::common::types::{associated_type, inner_type, path_ends_in, trait_bounds};

/// Returns true for the path of `#[async_trait]`, of tonic or of the crate of that name.
pub(crate) fn is_async_trait(path: &Path) -> bool {
    path_ends_in(path, "async_trait")
}

/// Returns true if async-trait made this signature: it names a lifetime after itself.
pub(crate) fn is_desugared(sig: &Signature) -> bool {
    sig.generics.params.iter().any(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.ident == "async_trait",
        _ => false,
    })
}

/// Restores the signature as far as the trait impl needs it.
pub(crate) fn resugar(mut sig: Signature) -> Signature {
    if let Some(output) = future_output(&sig.output) {
        sig.output = syn::parse_quote!(-> #output);
    }
    sig.generics = syn::Generics::default();
    sig.asyncness = Some(syn::token::Async::default());
    ElideLifetimes.visit_signature_mut(&mut sig);
    sig
}

/// Returns the `T` of `Pin<Box<dyn Future<Output = T> + ...>>`.
pub(crate) fn future_output(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, pin) = output else { return None };
    let Type::TraitObject(future) = inner_type(inner_type(pin, "Pin")?, "Box")? else { return None };
    associated_type(trait_bounds(&future.bounds).next()?, "Output").cloned()
}

/// Replaces `'life0` and the other lifetimes of async-trait by elided ones.
struct ElideLifetimes;

impl VisitMut for ElideLifetimes {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        lifetime.ident = syn::Ident::new("_", lifetime.ident.span());
    }

    fn visit_receiver_mut(&mut self, receiver: &mut syn::Receiver) {
        if let syn::ReceiverKind::Reference(_, lifetime, _) = &mut receiver.kind {
            *lifetime = None;
        }
        visit_mut::visit_receiver_mut(self, receiver);
    }
}
