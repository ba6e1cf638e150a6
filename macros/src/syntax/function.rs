use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::token::Brace;
use syn::{Attribute, FnArg, PatType, ReturnType, Signature, Visibility, braced};

use crate::common::types::peel;

/// A function whose body stays tokens: rustc reports the mistakes in there.
#[derive(Clone)]
pub(crate) struct FnSyntax {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
}

/// A body with its braces, at which rustc reports that its value has the wrong type.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) braces: Brace,
    pub(crate) tokens: TokenStream,
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.braces.surround(tokens, |inner| self.tokens.to_tokens(inner));
    }
}

impl FnSyntax {
    pub(crate) fn parse(attrs: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<Self> {
        let vis = input.parse()?;
        let mut sig = input.parse()?;
        peel_types(&mut sig);
        let content;
        let braces = braced!(content in input);
        Ok(Self { attrs, vis, sig, body: Body { braces, tokens: content.parse()? } })
    }

    /// Returns true if a function is next, rather than a constant or a type.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        ahead.parse::<Visibility>().is_ok() && ahead.parse::<Signature>().is_ok() && ahead.peek(Brace)
    }
}

impl ToTokens for FnSyntax {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, body } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}

/// Peels the types of the parameters and of the output, so that all code that reads them sees what they are.
fn peel_types(sig: &mut Signature) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input {
            *param.ty = peel(&param.ty).clone();
        }
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        **ty = peel(ty).clone();
    }
}

/// Returns the parameters without the receiver.
pub(crate) fn typed_params(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(param) => Some(param),
        FnArg::Receiver(_) => None,
    })
}

/// Returns the span of the return type without its arrow. A function without a return type has its name's span.
pub(crate) fn output_span(sig: &Signature) -> Span {
    match &sig.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => sig.ident.span(),
    }
}
