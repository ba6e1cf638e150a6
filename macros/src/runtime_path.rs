use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;
use syn::parse::ParseStream;

/// Where the expansion finds its names: the private module of the runtime, under the name that
/// the user's crate knows it by.
#[derive(Clone)]
pub(crate) struct RuntimePath(Path);

impl RuntimePath {
    /// The `path` of `crate = path`.
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        let path = input.call(Path::parse_mod_style)?;
        if input.is_empty() || input.peek(syn::Token![,]) {
            return Ok(Self(path));
        }
        // What follows is no part of the name of a module.
        Err(input
            .error("`crate` names the module that the macros came from; write `crate = toolbox::vestibule`"))
    }
}

impl RuntimePath {
    /// The same names at another place: where errors shall point.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        let respan = |mut token: TokenTree| {
            token.set_span(span);
            token
        };
        self.to_token_stream().into_iter().map(respan).collect()
    }
}

impl Default for RuntimePath {
    fn default() -> Self {
        Self(syn::parse_quote_spanned!(Span::call_site()=> ::vestibule))
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let path = &self.0;
        tokens.extend(quote!(#path::__private));
    }
}
