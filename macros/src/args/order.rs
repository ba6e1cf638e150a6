use syn::{Expr, Ident, Result};

use super::entry::Entry;
use super::keys::set_once;
use crate::common::expressions::peel_expr;
use crate::common::suggest;

/// The phases, in their order.
const PHASES: [&str; 7] = ["Edge", "Observe", "Authenticate", "Authorize", "Limit", "Validate", "User"];

/// `#[interceptor(phase = Authenticate, repeatable)]` on a function: its place in lists.
#[derive(Clone, Default)]
pub(crate) struct Order {
    pub(crate) phase: Option<Ident>,
    /// True if a list may have the interceptor twice.
    pub(crate) is_repeatable: bool,
}

impl Order {
    /// Takes the two keys out of the arguments. The others are entries.
    pub(crate) fn take(&mut self, entries: &mut Vec<Entry>) -> Result<()> {
        for entry in entries.extract_if(.., |entry| key(entry).is_some()) {
            let Some((name, value)) = key(&entry) else { continue };
            match name {
                Some(name) => set_once(name, &mut self.phase, phase(value)?)?,
                None => self.is_repeatable = true,
            }
        }
        Ok(())
    }
}

/// Returns the name and the value of `phase = Limit`, or the word `repeatable`.
fn key(entry: &Entry) -> Option<(Option<&Ident>, &Ident)> {
    let Entry::Interceptor { name, expr } = entry else { return None };
    let Expr::Path(path) = peel_expr(expr) else { return None };
    let word = path.path.get_ident()?;
    let is_key = name.as_ref().map_or(word == "repeatable", |name| name == "phase");
    is_key.then_some((name.as_ref(), word))
}

fn phase(word: &Ident) -> Result<Ident> {
    if PHASES.iter().any(|phase| word == phase) {
        return Ok(word.clone());
    }
    let message = format!("unknown phase `{word}`; {}", suggest::did_you_mean(&word.to_string(), &PHASES));
    Err(syn::Error::new(word.span(), message))
}
