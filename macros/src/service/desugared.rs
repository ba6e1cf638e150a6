//! What is left of an `async fn` when `#[async_trait]` stood above us and ran first.

use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Lifetime, PathArguments, ReturnType, Signature, Type, TypeParamBound};

/// Whether async-trait made this signature: it names a lifetime after itself.
pub(crate) fn is_desugared(sig: &Signature) -> bool {
    sig.generics.params.iter().any(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.ident == "async_trait",
        _ => false,
    })
}

/// The signature as it was before, as far as the trait impl needs it.
pub(super) fn undo(mut sig: Signature) -> Signature {
    if let Some(output) = future_output(&sig.output) {
        sig.output = syn::parse_quote!(-> #output);
    }
    sig.generics = syn::Generics::default();
    sig.asyncness = Some(syn::token::Async::default());
    EraseLifetimes.visit_signature_mut(&mut sig);
    sig
}

/// The `T` of `Pin<Box<dyn Future<Output = T> + ...>>`.
pub(crate) fn future_output(output: &ReturnType) -> Option<Type> {
    let ReturnType::Type(_, pin) = output else { return None };
    let boxed = crate::result_type::unwrapped(pin, "Pin")?;
    let Type::TraitObject(object) = crate::result_type::unwrapped(boxed, "Box")? else { return None };
    let TypeParamBound::Trait(bound) = object.bounds.first()? else { return None };
    let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::AssocType(assoc) => Some(assoc.ty.clone()),
        _ => None,
    })
}

/// `'life0` and its kind back to elided ones.
struct EraseLifetimes;

impl VisitMut for EraseLifetimes {
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
