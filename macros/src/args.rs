//! The arguments of every attribute: the one place that knows their keys. Those of `#[status]`, which
//! are many, are in `grpc_error::parse`.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, LitStr, Result, Token, Type};

use crate::codes::Code;
use crate::key::Key;
use crate::runtime_path::RuntimePath;
use crate::suggest;

/// One thing that happens before the handler.
#[derive(Clone)]
pub(crate) enum Entry {
    Interceptor { name: Option<Ident>, expr: Expr },
    Require { binding: Option<(Ident, Type)>, key: Key, failure: Failure },
}

impl Entry {
    /// The name it binds.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self {
            Self::Interceptor { name, .. } => name.as_ref(),
            Self::Require { binding, .. } => binding.as_ref().map(|(name, _)| name),
        }
    }
}

/// What a client reads if metadata is missing or malformed, where it is not the default.
#[derive(Clone, Default)]
pub(crate) struct Failure {
    pub(crate) code: Option<Code>,
    pub(crate) message: Option<Expr>,
}

/// `#[interceptor(a(), name = b())]` on an impl or a method.
#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) runtime: Option<RuntimePath>,
    pub(crate) entries: Vec<Entry>,
}

impl Parse for Entries {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                args.runtime = Some(RuntimePath::parse(input)?);
                return Ok(());
            }
            if input.peek(Token![_]) && input.peek2(Token![=]) {
                input.parse::<Token![_]>()?;
                input.parse::<Token![=]>()?;
                args.entries.push(Entry::Interceptor { name: None, expr: entry(input)? });
                return Ok(());
            }
            binding_is_plain(input)?;
            let is_named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
            let name = if is_named { Some(name_and_equals(input)?) } else { None };
            args.entries.push(Entry::Interceptor { name, expr: entry(input)? });
            Ok(())
        })?;
        Ok(args)
    }
}

/// A name is bound as in a `let`, without the word, and not as a field.
fn binding_is_plain(input: ParseStream<'_>) -> Result<()> {
    let ahead = input.fork();
    if let Ok(word) = ahead.parse::<Token![let]>() {
        ahead.parse::<Option<Token![mut]>>()?;
        let name = ahead.parse::<Ident>().map_or_else(|_| "name".to_owned(), |name| name.to_string());
        return Err(syn::Error::new_spanned(word, format!("a name needs no `let`; write `{name} = ...`")));
    }
    if input.peek(Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        let (name, colon) = (ahead.parse::<Ident>()?, ahead.parse::<Token![:]>()?);
        return Err(syn::Error::new_spanned(colon, format!("a name is bound by `=`; write `{name} = ...`")));
    }
    Ok(())
}

/// An interceptor of the list.
fn entry(input: ParseStream<'_>) -> Result<Expr> {
    match input.parse()? {
        // As for a layer, whose list is a value.
        Expr::Tuple(list) => {
            let message = "entries stand side by side, without parentheses; write `#[interceptor(log(), authenticate())]`";
            Err(syn::Error::new_spanned(list, message))
        }
        expr => Ok(expr),
    }
}

/// `#[require_metadata("a", name: Type = "b", code = NotFound, message = "...")]`.
#[derive(Default)]
pub(crate) struct RequireMetadata {
    pub(crate) runtime: Option<RuntimePath>,
    keys: Vec<(Option<(Ident, Type)>, Key)>,
    failure: Failure,
}

impl RequireMetadata {
    pub(crate) fn into_entries(self) -> impl Iterator<Item = Entry> {
        let failure = self.failure;
        self.keys.into_iter().map(move |(binding, key)| Entry::Require {
            binding,
            key,
            failure: failure.clone(),
        })
    }
}

impl Parse for RequireMetadata {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        let whole = input.cursor();
        comma_separated(input, |input| {
            let is_option = |name: &Ident| name == "code" || name == "message";
            let is_unquoted = !input.peek2(Token![:])
                && !input.peek2(Token![=])
                && input.fork().parse::<Ident>().is_ok_and(|name| !is_option(&name));
            if input.peek(LitStr) || is_unquoted {
                args.keys.push((None, input.parse()?));
            } else if input.peek(Token![crate]) {
                args.runtime = Some(RuntimePath::parse(input)?);
            } else if input.peek(Ident) && input.peek2(Token![:]) {
                let name = input.parse()?;
                input.parse::<Token![:]>()?;
                let ty = input.parse()?;
                input.parse::<Token![=]>()?;
                args.keys.push((Some((name, ty)), input.parse()?));
            } else {
                let key = name_and_equals(input)?;
                match key.to_string().as_str() {
                    "code" => once(&key, &mut args.failure.code, Code::new(input.parse()?)?)?,
                    "message" => once(&key, &mut args.failure.message, input.parse()?)?,
                    _ => return Err(untyped_or_unknown(&key, input)),
                }
            }
            Ok(())
        })?;
        if args.keys.is_empty() {
            let message = "no metadata is named; write `#[require_metadata(\"key\")]`";
            return Err(syn::Error::new(whole.span(), message));
        }
        Ok(args)
    }
}

/// `tenant = "x-tenant"`, which lacks a type; or a key that is none.
fn untyped_or_unknown(name: &Ident, input: ParseStream<'_>) -> syn::Error {
    let legal = ["code", "message", "crate"];
    match input.parse::<LitStr>() {
        Ok(key) if suggest::nearest(&name.to_string(), &legal).is_none() => {
            let ty = if key.value().ends_with("-bin") { "Vec<u8>" } else { "&str" };
            let message = format!("`{name}` needs a type; write `{name}: {ty} = {:?}`", key.value());
            syn::Error::new(name.span(), message)
        }
        _ => unknown(name, &legal),
    }
}

/// `#[grpc_error(domain = "example.com")]` on an enum or a struct.
#[derive(Default)]
pub(crate) struct GrpcError {
    pub(crate) runtime: RuntimePath,
    pub(crate) domain: Option<Expr>,
    pub(crate) max_size: Option<Expr>,
}

impl Parse for GrpcError {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut runtime = None;
        let mut domain = None;
        let mut max_size = None;
        comma_separated(input, |input| {
            if input.peek(Token![crate]) {
                runtime = Some(RuntimePath::parse(input)?);
                return Ok(());
            }
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "domain" => {
                    input.parse::<Token![=]>()?;
                    once(&key, &mut domain, input.parse()?)
                }
                "max_size" => {
                    input.parse::<Token![=]>()?;
                    once(&key, &mut max_size, input.parse()?)
                }
                _ if Code::new(key.clone().into()).is_ok() || key == "code" => {
                    let message = format!("`{key}` is not expected here; write `#[status(<code>)]` below");
                    Err(syn::Error::new(key.span(), message))
                }
                _ => Err(unknown(&key, &["domain", "max_size", "crate"])),
            }
        })?;
        Ok(Self { runtime: runtime.unwrap_or_default(), domain, max_size })
    }
}

/// `#[interceptor]` or `#[interceptor(crate = path)]` on a function, `#[grpc_error]` on a method.
#[derive(Default)]
pub(crate) struct CrateOnly(pub(crate) Option<RuntimePath>);

impl Parse for CrateOnly {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut runtime = None;
        comma_separated(input, |input| {
            if input.peek(Token![crate]) {
                runtime = Some(RuntimePath::parse(input)?);
                return Ok(());
            }
            let found = input.fork().parse::<TokenTree>()?;
            let message = format!("`{found}` is not expected here; the only argument is `crate = path`");
            Err(input.error(message))
        })?;
        Ok(Self(runtime))
    }
}

/// `#[rpc(name = "GetURL")]` on a method, `#[rpc(service = "pkg.Greeter", default_stubs)]` on an impl.
#[derive(Default)]
pub(crate) struct Rpc {
    pub(crate) name: Option<LitStr>,
    pub(crate) default_stubs: bool,
}

impl Rpc {
    /// With the wire name under this key.
    pub(crate) fn parse(key: &'static str, is_impl: bool) -> impl FnOnce(ParseStream<'_>) -> Result<Self> {
        move |input| {
            let mut args = Self::default();
            comma_separated(input, |input| {
                let given: Ident = input.parse()?;
                if given == key {
                    input.parse::<Token![=]>()?;
                    let name: LitStr = input.parse()?;
                    if !is_wire_name(&name.value(), is_impl) {
                        let example = if is_impl { "pkg.Greeter" } else { "SayHello" };
                        let message = format!(
                            "this can't stand in the path of a call; write a name such as `{example}`"
                        );
                        return Err(syn::Error::new(name.span(), message));
                    }
                    once(&given, &mut args.name, name)
                } else if is_impl && given == "default_stubs" {
                    args.default_stubs = true;
                    Ok(())
                } else {
                    let legal = [key, "default_stubs"];
                    Err(unknown(&given, if is_impl { &legal } else { &legal[..1] }))
                }
            })?;
            Ok(args)
        }
    }
}

/// Whether it is an identifier of protobuf, or several with dots between them.
fn is_wire_name(name: &str, has_package: bool) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !word.starts_with(|c: char| c.is_ascii_digit())
    };
    if has_package { name.split('.').all(is_word) } else { is_word(name) }
}

/// `#[skip(a, b)]` on a method.
pub(crate) struct Skip(pub(crate) Vec<Ident>);

impl Parse for Skip {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty() {
            return Err(syn::Error::new(input.span(), "no entry is named; write `#[skip(name)]`"));
        }
        Ok(Self(Punctuated::<Ident, Token![,]>::parse_terminated(input)?.into_iter().collect()))
    }
}

pub(crate) fn comma_separated(
    input: ParseStream<'_>,
    mut each: impl FnMut(ParseStream<'_>) -> Result<()>,
) -> Result<()> {
    while !input.is_empty() {
        each(input)?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// A key, which may be a word that Rust reserves.
pub(crate) fn key_and_equals(input: ParseStream<'_>) -> Result<Ident> {
    let key = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    Ok(key)
}

fn name_and_equals(input: ParseStream<'_>) -> Result<Ident> {
    let name = input.parse()?;
    input.parse::<Token![=]>()?;
    Ok(name)
}

pub(crate) fn once<T>(key: &Ident, slot: &mut Option<T>, value: T) -> Result<()> {
    if slot.replace(value).is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given twice; keep one")));
    }
    Ok(())
}

pub(crate) fn unknown(key: &Ident, legal: &[&str]) -> syn::Error {
    let message = format!("unknown key `{key}`; {}", suggest::instead(&key.to_string(), legal));
    syn::Error::new(key.span(), message)
}
