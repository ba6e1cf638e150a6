//! Keeps the imports in use that the user wrote for a list. The fallback leaves the lists out, and a warning about an unused
//! import would mislead the user.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, Generics, Path};

use crate::args::entry::Entry;
use crate::service::model::service::Service;

/// Imports each name of the lists once more.
pub(super) fn list_imports(service: &Service) -> TokenStream {
    let mut collector = ImportedNames { generics: &service.generics, names: Vec::new() };
    let entries = service.methods.iter().flat_map(|method| method.entries.iter().chain(&method.guards));
    let entries = entries.chain(&service.entries);
    for entry in entries {
        if let Entry::Interceptor { expr, .. } = entry {
            collector.visit_expr_mut(&mut expr.clone());
        }
    }
    let names = collector.names;
    quote!(#(#[allow(unused_imports)] use #names as _;)*)
}

/// Collects the names of an expression that may have been imported.
struct ImportedNames<'a> {
    generics: &'a Generics,
    names: Vec<Ident>,
}

impl ImportedNames<'_> {
    /// Adds the first name of a path. A word in lower case that is not called is a variable, which no import brings.
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

impl VisitMut for ImportedNames<'_> {
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
