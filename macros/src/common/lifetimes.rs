//! Collects the lifetimes that a type names.

use syn::visit_mut::{self, VisitMut};
use syn::{Lifetime, Type, TypeFnPtr};

/// Returns all lifetimes of a type, with those that its function pointers declare.
pub(crate) fn all_lifetimes(ty: &Type) -> Vec<Lifetime> {
    collect(ty, true)
}

/// Returns the lifetimes of a type without those in its function pointers: those belong to each call of the function.
pub(crate) fn lifetimes_outside_fn_pointers(ty: &Type) -> Vec<Lifetime> {
    collect(ty, false)
}

fn collect(ty: &Type, enters_fn_pointers: bool) -> Vec<Lifetime> {
    let mut collector = Collector { enters_fn_pointers, found: Vec::new() };
    collector.visit_type_mut(&mut ty.clone());
    collector.found
}

struct Collector {
    enters_fn_pointers: bool,
    found: Vec<Lifetime>,
}

impl VisitMut for Collector {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        self.found.push(lifetime.clone());
    }

    fn visit_type_fn_ptr_mut(&mut self, pointer: &mut TypeFnPtr) {
        if self.enters_fn_pointers {
            visit_mut::visit_type_fn_ptr_mut(self, pointer);
        }
    }
}
