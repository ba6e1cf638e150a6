//! The rule for the reason of an entry that stands out of order.

use syn::{Expr, ExprLit, Lit};

use crate::args::entry::Entry;
use crate::common::errors::Errors;
use crate::common::expressions::peel_expr;
use crate::common::types::path_ends_in;

/// Reports `out_of_order("", ...)`, which says nothing to those who read the list.
pub(crate) fn reasons_are_given<'a>(entries: impl IntoIterator<Item = &'a Entry>, errors: &mut Errors) {
    for entry in entries {
        if let Some(reason) = empty_reason(entry) {
            errors.error(reason, "the reason is empty; say why the entry stands here");
        }
    }
}

fn empty_reason(entry: &Entry) -> Option<&Expr> {
    let Entry::Interceptor { expr, .. } = entry else { return None };
    let Expr::Call(call) = peel_expr(expr) else { return None };
    let is_exception =
        matches!(&*call.func, Expr::Path(function) if path_ends_in(&function.path, "out_of_order"));
    let reason = call.args.first().filter(|_| is_exception)?;
    match peel_expr(reason) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().trim().is_empty() => Some(reason),
        _ => None,
    }
}
