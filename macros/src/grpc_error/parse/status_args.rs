use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::token::Paren;
use syn::{LitBool, LitStr, Path, Token};

use super::detail::Detail;
use super::detail_kind::Kind;
use super::keys::{with_value, without_value};
use super::status_code::StatusCode;
use super::text::Text;
use crate::args::keys::{comma_separated, set_once, unknown_key};
use crate::common::codes::{CODES, Code};
use crate::common::suggest;

const KEYS: [&str; 7] = ["code", "expose", "log", "message", "prefix", "reason", "transparent"];

/// The message about an argument that is neither a code nor a key.
const NO_CODE: &str = "expected a code such as `InvalidArgument`, or `transparent`";

/// `#[status(...)]` on a variant, a struct or an enum.
#[derive(Clone, Default)]
pub(crate) struct StatusArgs {
    pub(crate) code: Option<StatusCode>,
    pub(crate) transparent: Option<Ident>,
    pub(crate) prefix: Option<(Ident, Text)>,
    pub(crate) message: Option<(Ident, Text)>,
    pub(crate) reason: Option<(Ident, LitStr)>,
    pub(crate) expose: Option<Ident>,
    pub(crate) log: Option<(Ident, LitBool)>,
    pub(crate) details: Vec<Detail>,
}

impl Parse for StatusArgs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| args.argument(input))?;
        Ok(args)
    }
}

impl StatusArgs {
    fn argument(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let key = input.fork().call(Ident::parse_any).map_err(|error| self.not_a_name(&error, input))?;
        if KEYS.iter().any(|known| key == known) || Kind::named(&key).is_some() {
            input.call(Ident::parse_any)?;
            return self.keyed_argument(key, input);
        }
        if input.peek2(Token![=]) || input.peek2(Token![:]) && !input.peek2(Token![::]) || input.peek2(Paren)
        {
            return Err(unknown_argument(&key));
        }
        let path: Path = input.parse()?;
        let code =
            Code::new(path.clone()).map_err(|error| match suggest::nearest(&key.to_string(), &KEYS) {
                Some(_) if path.get_ident().is_some() && suggest_code(&key).is_none() => {
                    unknown_argument(&key)
                }
                _ => error,
            })?;
        self.set_code(StatusCode::Constant(code))
    }

    fn set_code(&mut self, code: StatusCode) -> syn::Result<()> {
        let at = code.word().span();
        if self.code.replace(code).is_some() {
            return Err(syn::Error::new(at, "a code is given twice; keep one"));
        }
        Ok(())
    }

    /// Makes the error about an argument that does not begin with a name. Most often it is a text.
    fn not_a_name(&self, error: &syn::Error, input: ParseStream<'_>) -> syn::Error {
        let Ok(text) = input.parse::<LitStr>() else {
            return syn::Error::new(error.span(), NO_CODE);
        };
        let value = text.value();
        let message = match (&self.transparent, &self.code) {
            _ if CODES.contains(&value.as_str()) => format!("a code has no quotes; write `{value}`"),
            (Some(_), _) => format!("a text needs a key; write `prefix = {value:?}`"),
            (None, Some(_)) => format!("a text needs a key; write `message = {value:?}`"),
            (None, None) => NO_CODE.to_owned(),
        };
        syn::Error::new(text.span(), message)
    }

    fn keyed_argument(&mut self, key: Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if let Some(kind) = Kind::named(&key) {
            let detail = Detail::parse(kind, key, input)?;
            return self.add_detail(detail);
        }
        match key.to_string().as_str() {
            "code" => self.set_code(StatusCode::parse_run_time(key, input)?),
            "log" => set_once(&key.clone(), &mut self.log, log_value(key, input)?),
            "transparent" => set_once(&key.clone(), &mut self.transparent, without_value(key, input)?),
            "expose" => set_once(&key.clone(), &mut self.expose, without_value(key, input)?),
            "prefix" => set_once(&key.clone(), &mut self.prefix, with_value(key, input)?),
            "message" => set_once(&key.clone(), &mut self.message, with_value(key, input)?),
            _ => set_once(&key.clone(), &mut self.reason, with_value(key, input)?),
        }
    }

    fn add_detail(&mut self, detail: Detail) -> syn::Result<()> {
        let is_given = self.details.iter().any(|other| other.kind == detail.kind);
        if is_given && !detail.kind.is_list() {
            let key = &detail.key;
            return Err(syn::Error::new(key.span(), format!("`{key}` is given twice; keep one")));
        }
        self.details.push(detail);
        Ok(())
    }
}

fn suggest_code(key: &Ident) -> Option<&'static str> {
    suggest::nearest(&key.to_string(), &CODES)
}

/// Reads the value of `log`.
fn log_value(key: Ident, input: ParseStream<'_>) -> syn::Result<(Ident, LitBool)> {
    if !(input.peek(Token![=]) && input.peek2(LitBool)) {
        return Err(syn::Error::new(key.span(), "`log` needs `true` or `false`; write `log = false`"));
    }
    with_value(key, input)
}

/// Makes the error about an argument that is neither a key nor a code.
fn unknown_argument(key: &Ident) -> syn::Error {
    if CODES.iter().any(|code| key == code) {
        let message = format!("a message follows the code; write `{key}, message = \"...\"`");
        return syn::Error::new(key.span(), message);
    }
    let keys: Vec<_> = KEYS.into_iter().chain(Kind::names()).collect();
    unknown_key(key, &keys)
}
