//! The names that a list mentions. Where there are mistakes, the list is left out, and what was imported for it alone
//! would be an unused import: a warning beside the mistake, which misleads.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, Generics, Path};

use super::model::Service;
use crate::args::Entry;

/// Uses each name once.
pub(super) fn uses(service: &Service) -> TokenStream {
    let mut mentioned = Mentioned { generics: &service.generics, names: Vec::new() };
    let entries = service.methods.iter().flat_map(|method| &method.entries).chain(&service.entries);
    for entry in entries {
        if let Entry::Interceptor { expr, .. } = entry {
            mentioned.visit_expr_mut(&mut expr.clone());
        }
    }
    let names = mentioned.names;
    quote!(#(#[allow(unused_imports)] use #names as _;)*)
}

struct Mentioned<'a> {
    generics: &'a Generics,
    names: Vec<Ident>,
}

impl Mentioned<'_> {
    /// Adds what could be imported: not a variable, which is a word in lower case that is not called.
    fn add(&mut self, path: &Path, is_called: bool) {
        let Some(first) = path.segments.first().map(|segment| &segment.ident) else { return };
        let is_word = path.segments.len() == 1 && first.to_string().starts_with(char::is_lowercase);
        let is_keyword = ["self", "Self", "crate", "super"].iter().any(|keyword| first == keyword);
        let is_generic = self.generics.type_params().any(|param| param.ident == *first)
            || self.generics.const_params().any(|param| param.ident == *first);
        let is_local = path.leading_colon.is_some() || is_keyword || is_generic || (is_word && !is_called);
        if !is_local && !self.names.contains(first) {
            self.names.push(first.clone());
        }
    }
}

impl VisitMut for Mentioned<'_> {
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        if let Expr::Path(function) = &*call.func {
            self.add(&function.path, true);
        }
        visit_mut::visit_expr_call_mut(self, call);
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        self.add(path, false);
        visit_mut::visit_path_mut(self, path);
    }
}
