use proc_macro2::TokenTree;
use syn::parse::{Parse, ParseStream};
use syn::{Result, Token};

use super::keys::comma_separated;
use crate::common::runtime_path::RuntimePath;

/// `crate = path`, the only argument of `#[interceptor]` on a function and of `#[grpc_error]` on a method.
#[derive(Default)]
pub(crate) struct CratePath(pub(crate) Option<RuntimePath>);

impl Parse for CratePath {
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
