use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Ident, Result, Token};

use super::each::Each;
use super::entry::Entry;
use super::keys::{comma_separated, name_and_equals};
use crate::common::runtime_path::RuntimePath;

/// `#[interceptor(a(), name = b(), each(name))]` on an impl or a method.
#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) runtime: Option<RuntimePath>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) each: Vec<Each>,
}

impl Parse for Entries {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                args.runtime = Some(RuntimePath::parse(input)?);
                return Ok(());
            }
            entry_has_no_attributes(input)?;
            if Each::is_next(input) {
                let place = args.entries.len();
                args.each.push(Each { place, ..input.parse()? });
                return Ok(());
            }
            let (name, expr) = (binding(input)?, interceptor(input)?);
            args.entries.push(Entry::Interceptor { name, expr });
            Ok(())
        })?;
        Ok(args)
    }
}

/// Reports an attribute of an entry. rustc does not allow attributes there.
fn entry_has_no_attributes(input: ParseStream<'_>) -> Result<()> {
    let attrs = input.fork().call(Attribute::parse_outer)?;
    let Some(attr) = attrs.first() else { return Ok(()) };
    let message = if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
        "an entry can't have `#[cfg]`; write the interceptor's function twice, each with its own `#[cfg]`"
    } else {
        "an entry can't have attributes; remove it"
    };
    Err(syn::Error::new_spanned(attr, message))
}

/// Reads `name =` or `_ =`, if the entry begins with one of these.
fn binding(input: ParseStream<'_>) -> Result<Option<Ident>> {
    if input.peek(Token![_]) && input.peek2(Token![=]) {
        input.parse::<Token![_]>()?;
        input.parse::<Token![=]>()?;
        return Ok(None);
    }
    binding_is_plain(input)?;
    let is_named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
    is_named.then(|| name_and_equals(input)).transpose()
}

/// Reports a name that is bound by `let`, or as a field is.
fn binding_is_plain(input: ParseStream<'_>) -> Result<()> {
    let ahead = input.fork();
    if let Ok(word) = ahead.parse::<Token![let]>() {
        ahead.parse::<Option<Token![mut]>>()?;
        let name = ahead.parse::<Ident>().map_or_else(|_| "name".to_owned(), |name| name.to_string());
        return Err(syn::Error::new_spanned(word, format!("a name needs no `let`; write `{name} = ...`")));
    }
    if input.peek(Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        let (name, colon) = (ahead.parse::<Ident>()?, ahead.parse::<Token![:]>()?);
        return Err(syn::Error::new_spanned(
            colon,
            format!("a name is bound with `=`; write `{name} = ...`"),
        ));
    }
    Ok(())
}

fn interceptor(input: ParseStream<'_>) -> Result<Expr> {
    match input.parse()? {
        // A layer takes its list as a tuple, and so users may write one here.
        Expr::Tuple(list) => {
            let message =
                "a list has no parentheses around its entries; write `#[interceptor(log(), authenticate())]`";
            Err(syn::Error::new_spanned(list, message))
        }
        expr => Ok(expr),
    }
}
