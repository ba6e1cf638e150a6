//! The interceptor is a type, and a type must name its lifetimes: so must its parameters.

use proc_macro2::Span;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Generics, Lifetime, LifetimeParam, Type, TypeFnPtr, TypeReference};

/// Gives a name to each elided lifetime of a parameter, and to the type of an `impl Trait`.
pub(super) fn name_all(mut ty: Type, generics: &mut Generics) -> Type {
    Name { generics }.visit_type_mut(&mut ty);
    if let Type::ImplTrait(implements) = &ty {
        let name = format_ident!("__T{}", generics.params.len());
        let bounds = &implements.bounds;
        generics.params.push(syn::parse_quote!(#name: #bounds));
        return syn::parse_quote!(#name);
    }
    ty
}

/// Where a lifetime is elided, if one is.
pub(super) fn first_elided(ty: &Type) -> Option<Span> {
    let mut generics = Generics::default();
    let mut name = Name { generics: &mut generics };
    name.visit_type_mut(&mut ty.clone());
    generics.params.first().map(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.apostrophe,
        GenericParam::Type(_) | GenericParam::Const(_) => unreachable!("only lifetimes are named"),
    })
}

struct Name<'a> {
    generics: &'a mut Generics,
}

impl Name<'_> {
    fn fresh(&mut self, span: Span) -> Lifetime {
        let params = &mut self.generics.params;
        let lifetime = Lifetime::new(&format!("'__{}", params.len()), span);
        // Lifetimes come first.
        params.insert(0, GenericParam::Lifetime(LifetimeParam::new(lifetime.clone())));
        lifetime
    }
}

impl VisitMut for Name<'_> {
    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.fresh(reference.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.fresh(lifetime.apostrophe);
        }
    }

    /// Lifetimes in the signature of a function are that signature's own.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}
