//! The interceptor is a type, and a type must name its lifetimes: so must its parameters.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericParam, Generics, Ident, Lifetime, LifetimeParam, ParenthesizedGenericArguments, ReturnType,
    Signature, Type, TypeFnPtr, TypeReference,
};

use crate::names::{unused_name, upper_camel_case};

/// Gives a name to each elided lifetime of a parameter, and to the type of an `impl Trait`.
pub(super) fn name_all(param: &str, mut ty: Type, generics: &mut Generics, sig: &TokenStream) -> Type {
    let taken = lifetimes_in(&ty);
    let name_fresh = |at| {
        let name = fresh_name(param, generics, &taken);
        let lifetime = Lifetime::new(&format!("'{name}"), at);
        // Lifetimes come first.
        generics.params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime.clone())));
        lifetime
    };
    EachElided(name_fresh).visit_type_mut(&mut ty);
    NameImplTraits { param, generics, sig }.visit_type_mut(&mut ty);
    ty
}

/// A type parameter for each `impl Trait`, which no other place can name.
struct NameImplTraits<'a> {
    param: &'a str,
    generics: &'a mut Generics,
    /// Whose names are taken.
    sig: &'a TokenStream,
}

impl VisitMut for NameImplTraits<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Paren(paren) = ty
            && matches!(*paren.elem, Type::ImplTrait(_))
        {
            // Around `impl A + B`, and too many around its name.
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

/// The lifetime of a parameter is called as the parameter is.
fn fresh_name(param: &str, generics: &Generics, taken: &HashSet<String>) -> String {
    // A keyword is no name.
    let is_free = |name: &String| {
        syn::parse_str::<Ident>(name).is_ok()
            && !taken.contains(name)
            && generics.lifetimes().all(|other| other.lifetime.ident != name)
    };
    let numbered = (1..).map(|number| format!("{param}{number}"));
    std::iter::once(param.to_owned())
        .chain(numbered)
        .find(is_free)
        .expect("there are more numbers than lifetimes")
}

/// All lifetimes that a type mentions, of which some may be its own.
fn lifetimes_in(ty: &Type) -> HashSet<String> {
    struct Collect(HashSet<String>);

    impl VisitMut for Collect {
        fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
            self.0.insert(lifetime.ident.to_string());
        }
    }

    let mut names = Collect(HashSet::new());
    names.visit_type_mut(&mut ty.clone());
    names.0
}

/// Where a lifetime is elided, if one is.
pub(super) fn first_elided(ty: &Type) -> Option<Span> {
    let mut first = None;
    let note = |at| {
        first.get_or_insert(at);
        Lifetime::new("'_", at)
    };
    EachElided(note).visit_type_mut(&mut ty.clone());
    first
}

/// Writes `lifetime` wherever one is elided.
pub(super) fn replace_elided(ty: &mut Type, lifetime: &Lifetime) {
    EachElided(|_| lifetime.clone()).visit_type_mut(ty);
}

/// Writes one lifetime wherever one is elided in a signature of which it can't be told what is meant.
pub(super) fn name_all_alike(sig: &mut Signature) {
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
        // Each outlives the other, and so they are the same.
        other.bounds.push(lifetime.clone());
        all.bounds.push(other.lifetime.clone());
    }
    all.colon_token = (!all.bounds.is_empty()).then(Default::default);
    sig.generics.lifetimes_mut().for_each(|other| other.colon_token = Some(Default::default()));
    sig.generics.params.insert(0, GenericParam::Lifetime(all));
}

/// Replaces each elided lifetime by what the function makes of its place.
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

    /// Lifetimes in the signature of a function are that signature's own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut ParenthesizedGenericArguments) {}
}
