use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Expr, ExprPath, ExprUnary, Token, UnOp};

use crate::common::codes::{CODES, Code};
use crate::common::expressions::{peel_expr, ungrouped};

/// The code of a status as it was written.
#[derive(Clone)]
pub(crate) enum StatusCode {
    /// `NotFound`.
    Constant(Code),
    /// `code = self.code()`, an expression that is evaluated for each error. It sees the fields as references.
    RunTime { key: Ident, expr: Expr },
}

impl StatusCode {
    /// Reads what follows the key `code`.
    pub(super) fn parse_run_time(key: Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(Token![=]) {
            let message = "`code` needs a value; write `code = self.code()`, or a code without a key, as in `#[status(NotFound)]`";
            return Err(syn::Error::new(key.span(), message));
        }
        input.parse::<Token![=]>()?;
        let expr = ungrouped(input.parse()?);
        match &expr {
            Expr::Path(ExprPath { qself: None, path, .. }) if is_constant(path) => {
                Code::new(path.clone())?;
                let message = "write the code without `code =`, as in `#[status(NotFound)]`";
                Err(syn::Error::new(key.span(), message))
            }
            _ => Ok(Self::RunTime { key, expr }),
        }
    }

    /// Returns the word to point at in a message: the name of a constant, or the key.
    pub(crate) fn word(&self) -> &Ident {
        match self {
            Self::Constant(code) => code.name(),
            Self::RunTime { key, .. } => key,
        }
    }

    /// Returns the code if it is a constant.
    pub(crate) fn constant(&self) -> Option<&Code> {
        match self {
            Self::Constant(code) => Some(code),
            Self::RunTime { .. } => None,
        }
    }

    /// Returns true if the client reads a fixed text, whatever the error is.
    pub(crate) fn is_redacted(&self) -> bool {
        self.constant().is_some_and(Code::is_redacted)
    }

    /// Returns the name of the variable whose value is the code, as in `code = kind` or `code = *kind`.
    pub(crate) fn variable(&self) -> Option<&Ident> {
        let Self::RunTime { expr, .. } = self else { return None };
        let expr = match peel_expr(expr) {
            Expr::Unary(ExprUnary { op: UnOp::Deref(_), expr, .. }) => peel_expr(expr),
            expr => expr,
        };
        match expr {
            Expr::Path(ExprPath { qself: None, path, .. }) => path.get_ident(),
            _ => None,
        }
    }
}

/// Returns true for a path that names a code of tonic, such as `NotFound` or `Code::Ok`.
fn is_constant(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "Ok" || CODES.iter().any(|code| last.ident == code))
}
