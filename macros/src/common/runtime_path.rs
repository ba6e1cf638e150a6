use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Path;
use syn::parse::ParseStream;

/// The path of the runtime's private module, where the expansion finds its names. It begins with the name that the
/// user's crate has for the runtime.
#[derive(Clone)]
pub(crate) struct RuntimePath {
    path: Path,
    /// True for the name that `in_const_block` gives to the module.
    is_short: bool,
}

impl RuntimePath {
    /// Reads `crate = path`.
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.parse::<syn::Token![crate]>()?;
        input.parse::<syn::Token![=]>()?;
        let path = input.call(Path::parse_mod_style)?;
        if input.is_empty() || input.peek(syn::Token![,]) {
            return Ok(Self { path, is_short: false });
        }
        // Anything that follows cannot belong to the path of a module, such as generic arguments.
        Err(input
            .error("`crate` names the module that the macros came from; write `crate = toolbox::vestibule`"))
    }

    /// Returns the short name that the module has inside of `in_const_block`.
    pub(crate) fn short() -> Self {
        Self { path: Ident::new("__runtime", Span::call_site()).into(), is_short: true }
    }

    /// Wraps impls that use the short name. If there is no such module, because the user's crate has another name for the
    /// runtime, rustc reports one error instead of one for each use.
    pub(crate) fn in_const_block(&self, impls: &TokenStream) -> TokenStream {
        let short = Self::short();
        quote! {
            const _: () = {
                #[allow(unused_imports)]
                use #self as #short;
                #impls
            };
        }
    }

    /// Returns the path with another span, to which rustc's errors then point.
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
