//! The rule for an interceptor that stands in one chain twice. Two names say that it may.

use quote::ToTokens;
use syn::{Expr, Ident};

use super::order::source;
use crate::args::entry::Entry;
use crate::common::errors::Errors;
use crate::common::expressions::peel_expr;

/// Reports each entry that is written like an earlier one of its list, or like one of the impl's entries, `outer`. Two entries
/// that have names of their own are no mistake.
pub(crate) fn entries_differ<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    outer: &[&'a Entry],
    errors: &mut Errors,
) {
    let mut seen: Vec<&Entry> = Vec::new();
    for entry in entries {
        let repeats = |earlier: &&&Entry| is_repeated(entry, earlier) && !are_named(entry, earlier);
        if let Some(first) = outer.iter().find(repeats) {
            report(entry, first, " of the impl", errors);
        } else if let Some(first) = seen.iter().find(repeats) {
            report(entry, first, "", errors);
        }
        seen.push(entry);
    }
}

/// Returns true if two entries are written alike, apart from their names. Arguments that differ make another interceptor.
pub(crate) fn is_repeated(entry: &Entry, other: &Entry) -> bool {
    let tokens = |entry: &Entry| match entry {
        Entry::Interceptor { expr, .. } => Some(peel_expr(expr).to_token_stream().to_string()),
        Entry::Require { .. } => None,
    };
    tokens(entry).is_some_and(|text| tokens(other) == Some(text))
}

fn are_named(entry: &Entry, other: &Entry) -> bool {
    entry.name().is_some() && other.name().is_some()
}

fn report(entry: &Entry, first: &Entry, place: &str, errors: &mut Errors) {
    let Entry::Interceptor { expr, .. } = entry else { return };
    let remedy = match (first.name(), entry.name()) {
        (Some(name), _) if !hides_function(name, expr) => "name this one too: `inner = ...`",
        (None, Some(_)) => "name the first one too: `outer = ...`",
        _ => "name both: `outer = ...` and `inner = ...`",
    };
    let message = format!("`{}` repeats `{}`{place}; remove it, or {remedy}", source(entry), source(first));
    errors.error(expr, message);
}

/// Returns true if an entry is `log = log()`. Behind it, the name is the value, and another `log()` calls no function.
fn hides_function(name: &Ident, expr: &Expr) -> bool {
    let Expr::Call(call) = peel_expr(expr) else { return false };
    matches!(&*call.func, Expr::Path(function) if function.path.is_ident(name))
}
