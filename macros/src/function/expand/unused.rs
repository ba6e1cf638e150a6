//! The names of a function's list that nobody uses. `#[allow(unused_variables)]` on the function silences the warning.

use proc_macro2::{Ident, TokenStream};
use syn::Attribute;

use crate::args::entry::Entry;
use crate::chain::is_named_by;
use crate::chain::unused::{is_used_in, may_be_unused, warnings};
use crate::common::lints::{lints, without_expectation};
use crate::function::model::function::Function;
use crate::function::model::param::Param;
use crate::syntax::function::FnSyntax;

/// Makes the warnings, and the user's function. An expectation of the user's may be about such a name, which stands outside of
/// the function.
pub(super) fn unused_names(function: &Function) -> (Option<TokenStream>, FnSyntax) {
    let mut inner = function.inner.clone();
    let names = names(function);
    let warnings = warnings(&names, lints(&inner.attrs));
    if warnings.is_some() {
        inner.attrs = inner.attrs.into_iter().map(without_expectation).collect::<Vec<Attribute>>();
    }
    (warnings, inner)
}

fn names(function: &Function) -> Vec<&Ident> {
    let list: Vec<_> = function.entries.iter().collect();
    let is_taken = |name: &Ident| {
        let mut params = function.params.iter();
        params.any(|param| matches!(param, Param::Bound(param) if is_named_by(param, name)))
    };
    let names = function.entries.iter().filter_map(Entry::name);
    names.filter(|name| !may_be_unused(name) && !is_taken(name) && !is_used_in(&list, name)).collect()
}
