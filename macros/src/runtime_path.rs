use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;
use syn::parse::ParseStream;

/// Where the expansion finds its names: the private module of the runtime, under the name that
/// the user's crate knows it by.
#[derive(Clone)]
pub(crate) struct RuntimePath {
    path: Path,
    /// True for the name that `in_scope` gives to the module.
    is_short: bool,
}

impl RuntimePath {
    /// The `path` of `crate = path`.
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        let path = input.call(Path::parse_mod_style)?;
        if input.is_empty() || input.peek(syn::Token![,]) {
            return Ok(Self { path, is_short: false });
        }
        // What follows is no part of the name of a module.
        Err(input
            .error("`crate` names the module that the macros came from; write `crate = toolbox::vestibule`"))
    }

    /// The short name of the module in the scope of `in_scope`.
    pub(crate) fn short() -> Self {
        Self { path: Ident::new("__runtime", Span::call_site()).into(), is_short: true }
    }

    /// Impls that use the short name. If there is no such module, which happens where the crate has another name,
    /// that is one error, and not one for each place.
    pub(crate) fn in_scope(&self, impls: &TokenStream) -> TokenStream {
        let short = Self::short();
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #self as #short;
                #impls
            };
        }
    }

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
        Self { path: syn::parse_quote_spanned!(Span::call_site()=> ::vestibule), is_short: false }
    }
}

impl ToTokens for RuntimePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { path, is_short } = self;
        let private = (!is_short).then(|| quote!(::__private));
        tokens.extend(quote!(#path #private));
    }
}
