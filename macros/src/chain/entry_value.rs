use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use crate::common::expressions::peel_expr;

/// Makes the statement that evaluates an entry, and checks that the value may be made anew for each call.
pub(crate) fn entry_value(expr: &Expr, entry: &Ident, private: &TokenStream, at: Span) -> TokenStream {
    let checked = |value: TokenStream| quote_spanned!(at=> #private::MadeForEachCall::made(#private::Listed(#value).vestibule_listed()));
    if is_literal(expr) {
        let checked = checked(entry.to_token_stream());
        quote_spanned!(at=> let #entry = #expr; let #entry = #checked;)
    } else {
        // In one statement, a reference to a limit that is made here, as in `Some(&InFlight::new(1))`, does not live long
        // enough, and that is an error.
        let checked = checked(expr.to_token_stream());
        quote_spanned!(at=> let #entry = #checked;)
    }
}

/// Returns true for a value whose fields are written out. They may refer to temporary values, which live as long as the
/// value.
pub(crate) fn is_literal(expr: &Expr) -> bool {
    let is_type = |function: &Expr| match function {
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| {
            last.ident != "Some" && last.ident.to_string().starts_with(char::is_uppercase)
        }),
        _ => false,
    };
    match peel_expr(expr) {
        Expr::Struct(_) => true,
        Expr::Call(call) => is_type(&call.func),
        _ => false,
    }
}

/// Returns the value itself for a reference to a temporary value. The type of the value tells whether it keeps state, which
/// is the mistake. About the reference, rustc would only say that it does not live long enough.
pub(crate) fn without_reference(expr: &Expr) -> &Expr {
    let Expr::Reference(reference) = peel_expr(expr) else { return expr };
    match peel_expr(&reference.expr) {
        temporary @ (Expr::Call(_)
        | Expr::MethodCall(_)
        | Expr::Struct(_)
        | Expr::Macro(_)
        | Expr::Block(_)) => temporary,
        _ => expr,
    }
}
