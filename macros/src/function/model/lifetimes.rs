//! The expansion makes a type of each interceptor. A type must name its lifetimes, and so the parameters must do so too.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericParam, Generics, Ident, Lifetime, LifetimeParam, ParenthesizedGenericArguments, ReturnType,
    Signature, Type, TypeFnPtr, TypeReference,
};

use crate::common::case::upper_camel_case;
use crate::common::hygiene::unused_name;
use crate::common::lifetimes::all_lifetimes;

/// Gives a name to each elided lifetime of a parameter, and to the type of an `impl Trait`.
pub(crate) fn name_elided(param: &str, mut ty: Type, generics: &mut Generics, sig: &TokenStream) -> Type {
    let used = all_lifetimes(&ty).iter().map(|lifetime| lifetime.ident.to_string()).collect();
    let name_fresh = |at| {
        let name = fresh_name(param, generics, &used);
        let lifetime = Lifetime::new(&format!("'{name}"), at);
        // Rust wants lifetimes before types.
        generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime.clone())));
        lifetime
    };
    EachElided(name_fresh).visit_type_mut(&mut ty);
    NameImplTraits { param, generics, sig }.visit_type_mut(&mut ty);
    ty
}

/// Replaces each `impl Trait` by a type parameter, because no other place could name the type.
struct NameImplTraits<'a> {
    param: &'a str,
    generics: &'a mut Generics,
    /// The signature, whose names the type parameters must not have.
    sig: &'a TokenStream,
}

impl VisitMut for NameImplTraits<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Paren(paren) = ty
            && matches!(*paren.elem, Type::ImplTrait(_))
        {
            // `(impl A + B)` needs the parentheses, and rustc would warn of them around a name.
            *ty = (*paren.elem).clone();
        }
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(implements) = ty {
            let name = format!("Impl{}", upper_camel_case(self.param));
            let (generics, sig) = (&*self.generics, self.sig);
            let name = unused_name(&name, &quote!(#generics #sig));
            let bounds = &implements.bounds;
            self.generics.params.push(syn::parse_quote!(#name: #bounds));
            *ty = syn::parse_quote!(#name);
        }
    }
}

/// Returns a lifetime's name that is made of the parameter's name.
fn fresh_name(param: &str, generics: &Generics, used: &HashSet<String>) -> String {
    // A keyword cannot be a lifetime's name.
    let is_free = |name: &String| {
        syn::parse_str::<Ident>(name).is_ok()
            && !used.contains(name)
            && generics.lifetimes().all(|other| other.lifetime.ident != name)
    };
    let numbered = (1..).map(|number| format!("{param}{number}"));
    std::iter::once(param.to_owned())
        .chain(numbered)
        .find(is_free)
        .expect("there are more numbers than lifetimes")
}

/// Returns the place of the first elided lifetime.
pub(crate) fn first_elided(ty: &Type) -> Option<Span> {
    let mut first = None;
    let remember = |at| {
        first.get_or_insert(at);
        Lifetime::new("'_", at)
    };
    EachElided(remember).visit_type_mut(&mut ty.clone());
    first
}

/// Writes `lifetime` wherever one is elided.
pub(crate) fn replace_elided(ty: &mut Type, lifetime: &Lifetime) {
    EachElided(|_| lifetime.clone()).visit_type_mut(ty);
}

/// Writes one lifetime wherever one is elided, in a signature that leaves open which one is meant.
pub(crate) fn unify_elided(sig: &mut Signature) {
    let lifetime = Lifetime::new("'all", Span::mixed_site());
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input {
            replace_elided(&mut param.ty, &lifetime);
        }
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        replace_elided(ty, &lifetime);
    }
    let mut all = LifetimeParam::new(lifetime.clone());
    for other in sig.generics.lifetimes_mut() {
        // Each outlives the other, and so they are equal.
        other.bounds.push(lifetime.clone());
        all.bounds.push(other.lifetime.clone());
    }
    all.colon_token = (!all.bounds.is_empty()).then(Default::default);
    sig.generics.lifetimes_mut().for_each(|other| other.colon_token = Some(Default::default()));
    sig.generics.params.insert(0, GenericParam::Lifetime(all));
}

/// Replaces each elided lifetime by the one that the function returns for its place.
struct EachElided<F>(F);

impl<F: FnMut(Span) -> Lifetime> VisitMut for EachElided<F> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        match &mut reference.lifetime {
            Some(lifetime) => self.visit_lifetime_mut(lifetime),
            None => reference.lifetime = Some((self.0)(reference.and_token.span)),
        }
        visit_mut::visit_type_mut(self, &mut reference.elem);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = (self.0)(lifetime.apostrophe);
        }
    }

    /// A function pointer elides lifetimes by rules of its own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}
}
