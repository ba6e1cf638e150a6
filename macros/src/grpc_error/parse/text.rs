use syn::parse::{Parse, ParseStream};
use syn::{Expr, ExprLit, Lit, LitStr};

use super::template::Template;
use crate::common::expressions::ungrouped;

/// A text for the client. It is a literal with fields in it, such as `"got {value}"` or `"got {0}"`, or an expression. An
/// expression sees the fields as references; those of a tuple are `_0`, `_1` and so on.
#[derive(Clone)]
pub(crate) enum Text {
    Literal(LitStr),
    Expr(Expr),
}

impl Parse for Text {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(match ungrouped(input.parse()?) {
            Expr::Lit(ExprLit { lit: Lit::Str(literal), .. }) => Self::Literal(literal),
            expr => Self::Expr(expr),
        })
    }
}

impl Text {
    /// Returns the names of the fields in a literal.
    pub(crate) fn field_names(&self) -> Vec<String> {
        match self {
            Self::Literal(literal) => Template::new(&literal.value()).names,
            Self::Expr(_) => Vec::new(),
        }
    }
}
