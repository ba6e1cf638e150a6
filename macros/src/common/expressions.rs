//! Removes the parentheses and groups around an expression.

use syn::Expr;

/// Returns the expression without parentheses, and without the invisible group that a `macro_rules` macro puts around it.
pub(crate) fn peel_expr(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peel_expr(&group.expr),
        Expr::Paren(paren) => peel_expr(&paren.expr),
        expr => expr,
    }
}

/// Takes an expression out of the invisible group that a `macro_rules` macro puts around it.
pub(crate) fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        expr => expr,
    }
}
