use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Result, Token};

use crate::args::keys::{comma_separated, set_once, unknown_key};
use crate::common::codes::Code;
use crate::common::runtime_path::RuntimePath;

/// `#[grpc_error(domain = "example.com")]` on an enum or a struct.
#[derive(Default)]
pub(crate) struct ErrorArgs {
    pub(crate) runtime: RuntimePath,
    pub(crate) domain: Option<Expr>,
    pub(crate) max_size: Option<Expr>,
}

impl Parse for ErrorArgs {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        comma_separated(input, |input| args.argument(input))?;
        Ok(args)
    }
}

impl ErrorArgs {
    fn argument(&mut self, input: ParseStream<'_>) -> Result<()> {
        if input.peek(Token![crate]) {
            self.runtime = RuntimePath::parse(input)?;
            return Ok(());
        }
        let key: Ident = input.parse()?;
        match key.to_string().as_str() {
            "domain" => {
                input.parse::<Token![=]>()?;
                set_once(&key, &mut self.domain, input.parse()?)
            }
            "max_size" => {
                input.parse::<Token![=]>()?;
                set_once(&key, &mut self.max_size, input.parse()?)
            }
            _ if Code::new(key.clone().into()).is_ok() || key == "code" => {
                let message = format!(
                    "`{key}` is not expected here; write `#[status(<code>)]` on a variant or the struct"
                );
                Err(syn::Error::new(key.span(), message))
            }
            _ => Err(unknown_key(&key, &["domain", "max_size", "crate"])),
        }
    }
}
