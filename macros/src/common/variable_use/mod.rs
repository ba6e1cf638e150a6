//! Finds the place where an expression uses a variable of its surroundings.

mod format_string;
#[cfg(test)]
mod tests;

use proc_macro2::{Ident, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprCall, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprPath, ExprWhile, Item, Macro,
    Pat, PatIdent, Stmt, Token,
};

use super::raw_names::is_same;
use super::tokens::first_variable;
use format_string::format_use;

/// Returns the first use of the variable `name` in an expression. A variable of the same name that the expression itself
/// declares is another one. A function or a macro of that name is no variable.
pub(crate) fn variable_use(expr: &Expr, name: &Ident) -> Option<Ident> {
    let mut search = VariableUse { name, found: None };
    search.visit_expr_mut(&mut expr.clone());
    search.found
}

struct VariableUse<'a> {
    name: &'a Ident,
    found: Option<Ident>,
}

impl VariableUse<'_> {
    /// Returns true if the pattern declares a variable of this name.
    fn is_declared_by(&self, pat: &Pat) -> bool {
        struct Declares<'a>(&'a Ident, bool);

        impl VisitMut for Declares<'_> {
            fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
                self.1 |= is_same(&pat.ident, self.0);
                visit_mut::visit_pat_ident_mut(self, pat);
            }
        }

        let mut declares = Declares(self.name, false);
        declares.visit_pat_mut(&mut pat.clone());
        declares.1
    }

    /// Visits the condition of an `if` or a `while`. Returns true if the code after the condition has a variable of its own.
    fn visit_condition(&mut self, condition: &mut Expr) -> bool {
        match condition {
            Expr::Let(ExprLet { pat, expr, .. }) => {
                self.visit_expr_mut(expr);
                self.is_declared_by(pat)
            }
            // Only a chain of `let`s declares variables in an operand.
            Expr::Binary(chain) => {
                self.visit_condition(&mut chain.left) || self.visit_condition(&mut chain.right)
            }
            condition => {
                self.visit_expr_mut(condition);
                false
            }
        }
    }

    fn find_in_tokens(&mut self, tokens: TokenStream) {
        let found = first_variable(tokens, self.name);
        self.found = self.found.take().or(found);
    }
}

impl VisitMut for VariableUse<'_> {
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        let word = path.path.get_ident().filter(|word| path.qself.is_none() && is_same(word, self.name));
        self.found = self.found.take().or_else(|| word.cloned());
    }

    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        let is_named =
            |function: &ExprPath| function.path.get_ident().is_some_and(|word| is_same(word, self.name));
        let is_function = matches!(&*call.func, Expr::Path(function) if is_named(function));
        if !is_function {
            self.visit_expr_mut(&mut call.func);
        }
        call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        for stmt in &mut block.stmts {
            self.visit_stmt_mut(stmt);
            if let Stmt::Local(local) = stmt
                && self.is_declared_by(&local.pat)
            {
                return;
            }
        }
    }

    /// Leaves out an item: it can't use a variable of its surroundings.
    fn visit_item_mut(&mut self, _item: &mut Item) {}

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        if !self.is_declared_by(&arm.pat) {
            visit_mut::visit_arm_mut(self, arm);
        }
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        if !closure.inputs.iter().any(|input| self.is_declared_by(input)) {
            self.visit_expr_mut(&mut closure.body);
        }
    }

    fn visit_expr_for_loop_mut(&mut self, for_loop: &mut ExprForLoop) {
        self.visit_expr_mut(&mut for_loop.expr);
        if !self.is_declared_by(&for_loop.pat) {
            self.visit_block_mut(&mut for_loop.body);
        }
    }

    fn visit_expr_if_mut(&mut self, expr: &mut ExprIf) {
        if !self.visit_condition(&mut expr.cond) {
            self.visit_block_mut(&mut expr.then_branch);
        }
        if let Some((_, otherwise)) = &mut expr.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut ExprWhile) {
        if !self.visit_condition(&mut expr.cond) {
            self.visit_block_mut(&mut expr.body);
        }
    }

    /// Reads the arguments of a macro as expressions, if they look like expressions. A text may be a format string.
    fn visit_macro_mut(&mut self, called: &mut Macro) {
        let tokens = called.tokens.clone();
        match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            Ok(mut arguments) => arguments.iter_mut().for_each(|argument| self.visit_expr_mut(argument)),
            Err(_) => self.find_in_tokens(tokens.clone()),
        }
        self.found = self.found.take().or_else(|| format_use(tokens, self.name));
    }
}
