use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Result, Token, parenthesized, token};

use crate::common::raw_names::plain;

/// The message for `each(...)` in a list that is not that of an impl.
pub(crate) const MISPLACED: &str =
    "`each` is not expected here; it belongs in the list of the impl of a service";

/// `each(access, audit)` in the list of an impl: each method has an entry with this name.
///
/// It is not an entry. A function of the user's with this name is called by a path, as in `self::each(access)`.
#[derive(Clone)]
pub(crate) struct Each {
    /// The word `each`.
    pub(crate) word: Ident,
    pub(crate) names: Vec<Demanded>,
    /// The number of entries before it. The entry of a method stands there if the impl has none with the name.
    pub(crate) place: usize,
}

/// A name that `each(...)` demands.
#[derive(Clone)]
pub(crate) struct Demanded {
    pub(crate) name: Ident,
    /// The custom option of the .proto file that may speak in place of a method's own entry, as in `each(access: ROLES)`.
    pub(crate) option: Option<Path>,
}

impl Each {
    /// Returns true if an argument begins with `each(`.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        ahead.parse::<Ident>().is_ok_and(|word| word == "each") && ahead.peek(token::Paren)
    }

    /// Returns true if it demands an entry with the name.
    pub(crate) fn demands(&self, name: &Ident) -> bool {
        self.names.iter().any(|demanded| demanded.name == *name)
    }
}

impl Parse for Each {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let word: Ident = input.parse()?;
        let names;
        parenthesized!(names in input);
        let names = Punctuated::<Demanded, Token![,]>::parse_terminated(&names)?;
        if names.is_empty() {
            return Err(syn::Error::new(
                word.span(),
                "`each` needs the name of an entry; write `each(access)`",
            ));
        }
        Ok(Self { word, names: names.into_iter().collect(), place: 0 })
    }
}

impl Parse for Demanded {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = plain(input.parse()?);
        let has_option = input.parse::<Option<Token![:]>>()?.is_some();
        let option = has_option.then(|| input.call(Path::parse_mod_style)).transpose()?;
        Ok(Self { name, option })
    }
}
