use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::token::Paren;
use syn::{Ident, LitStr, Result, Token};

use super::keys::{comma_separated, set_once, unknown_key};
use crate::common::raw_names::plain;

/// `#[rpc(name = "GetURL")]` on a method, `#[rpc(service = "pkg.Greeter", default_stubs, unimplemented(say_later))]` on an
/// impl.
#[derive(Default)]
pub(crate) struct RpcArgs {
    pub(crate) name: Option<LitStr>,
    pub(crate) default_stubs: bool,
    /// The methods that the impl leaves out.
    pub(crate) unimplemented: Vec<Ident>,
}

impl RpcArgs {
    pub(crate) fn parse_on_impl(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| {
            let key: Ident = input.parse()?;
            if key == "service" {
                args.wire_name(&key, input, is_service_name, "pkg.Greeter")
            } else if key == "default_stubs" {
                args.default_stubs = true;
                Ok(())
            } else if key == "unimplemented" {
                args.names_of_unimplemented(&key, input)
            } else {
                Err(unknown_key(&key, &["service", "default_stubs", "unimplemented"]))
            }
        })?;
        Ok(args)
    }

    pub(crate) fn parse_on_method(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| {
            let key: Ident = input.parse()?;
            if key == "name" {
                args.wire_name(&key, input, is_rpc_name, "SayHello")
            } else {
                Err(unknown_key(&key, &["name"]))
            }
        })?;
        Ok(args)
    }

    /// Reads `(say_later, say_back)`.
    fn names_of_unimplemented(&mut self, key: &Ident, input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Paren) {
            let message = "the names of methods are missing; write `unimplemented(say_hello)`";
            return Err(syn::Error::new(key.span(), message));
        }
        let names;
        syn::parenthesized!(names in input);
        let names = names.parse_terminated(Ident::parse_any, Token![,])?;
        self.unimplemented.extend(names.into_iter().map(plain));
        Ok(())
    }

    fn wire_name(
        &mut self,
        key: &Ident,
        input: ParseStream<'_>,
        is_valid: fn(&str) -> bool,
        example: &str,
    ) -> Result<()> {
        input.parse::<Token![=]>()?;
        let name: LitStr = input.parse()?;
        if !is_valid(&name.value()) {
            let message = format!("this name can't be part of a gRPC path; write a name such as `{example}`");
            return Err(syn::Error::new(name.span(), message));
        }
        set_once(key, &mut self.name, name)
    }
}

/// Returns true for identifiers of protobuf with dots between them.
fn is_service_name(name: &str) -> bool {
    name.split('.').all(is_rpc_name)
}

/// Returns true for an identifier of protobuf.
fn is_rpc_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}
