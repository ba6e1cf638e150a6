use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Result, Token};

use super::entry::Entry;
use super::keys::{comma_separated, set_once, unknown_key};
use crate::common::expressions::peel_expr;
use crate::common::runtime_path::RuntimePath;
use crate::common::suggest;

/// The phases, in their order.
const PHASES: [&str; 7] = ["Edge", "Observe", "Authenticate", "Authorize", "Limit", "Validate", "User"];

/// `#[interceptor(phase = Limit)]` on the impl of `Interceptor`.
#[derive(Default)]
pub(crate) struct PhaseArgs {
    pub(crate) runtime: Option<RuntimePath>,
    pub(crate) phase: Option<Ident>,
}

impl Parse for PhaseArgs {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                args.runtime = Some(RuntimePath::parse(input)?);
                return Ok(());
            }
            let key: Ident = input.parse()?;
            if key != "phase" {
                return Err(unknown_key(&key, &["phase"]));
            }
            input.parse::<Token![=]>()?;
            set_once(&key, &mut args.phase, known(&input.parse()?)?)
        })?;
        Ok(args)
    }
}

/// Takes `phase = Limit` out of the list in front of a function, where all other arguments are entries.
pub(crate) fn take_phase(entries: &mut Vec<Entry>, phase: &mut Option<Ident>) -> Result<()> {
    for entry in entries.extract_if(.., |entry| stated(entry).is_some()) {
        let Some((key, value)) = stated(&entry) else { continue };
        set_once(key, phase, known(value)?)?;
    }
    entries.iter().find_map(misspelt).map_or(Ok(()), Err)
}

/// Returns the key and the value of an entry that has the form `phase = Limit`. The name of a type or a variable is no
/// interceptor.
fn stated(entry: &Entry) -> Option<(&Ident, &Ident)> {
    let Entry::Interceptor { name: Some(name), expr } = entry else { return None };
    let Expr::Path(path) = peel_expr(expr) else { return None };
    Some((name, path.path.get_ident()?)).filter(|_| name == "phase")
}

/// Returns the error about a phase that is written as a text or a path.
fn misspelt(entry: &Entry) -> Option<syn::Error> {
    let Entry::Interceptor { name: Some(name), expr } = entry else { return None };
    let is_value = matches!(peel_expr(expr), Expr::Path(_) | Expr::Lit(_));
    let message = "a phase is one word; write `phase = Limit`";
    (name == "phase" && is_value).then(|| syn::Error::new_spanned(expr, message))
}

fn known(word: &Ident) -> Result<Ident> {
    if PHASES.iter().any(|phase| word == phase) {
        return Ok(word.clone());
    }
    let message = format!("unknown phase `{word}`; {}", suggest::did_you_mean(&word.to_string(), &PHASES));
    Err(syn::Error::new(word.span(), message))
}
