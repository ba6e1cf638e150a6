//! The rules for the names that the entries of one list bind and use.

use proc_macro2::Ident;
use syn::ext::IdentExt;

use super::entry_use::use_of;
use crate::args::entry::Entry;
use crate::common::errors::Errors;
use crate::common::raw_names::is_same;

/// Reports a name that two entries bind. It would mean different values in different places.
pub(crate) fn names_are_bound_once(entries: &[Entry], outer: &[&Ident], errors: &mut Errors) {
    let mut seen = outer.to_vec();
    for name in entries.iter().filter_map(Entry::name) {
        if seen.contains(&name) {
            errors.error(name, format!("`{name}` is bound twice; choose another name"));
        }
        seen.push(name);
    }
}

/// Reports an entry that uses the name of a later one. rustc would only say that it cannot find the value.
pub(crate) fn names_are_bound_before_use(entries: &[Entry], errors: &mut Errors) {
    for (index, entry) in entries.iter().enumerate() {
        for name in entries[index..].iter().filter_map(Entry::name) {
            let is_bound = entries[..index].iter().any(|earlier| earlier.name() == Some(name));
            if let Some(usage) = use_of(entry, name).filter(|_| !is_bound) {
                errors.error(
                    usage,
                    format!("`{name}` is used before it is bound; move `{name} = ...` above this entry"),
                );
            }
        }
    }
}

/// Returns true if the name of a parameter refers to the name of an entry. The name of an unused parameter may begin with
/// an underscore.
pub(crate) fn is_named_by(param: &Ident, bound: &Ident) -> bool {
    is_same(param, bound) || param.to_string().strip_prefix('_').is_some_and(|rest| bound.unraw() == rest)
}
