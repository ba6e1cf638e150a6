//! What `#[interceptor]` and `#[require_metadata]` stand on.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::token::Brace;
use syn::{Signature, Token, Visibility, braced};

use crate::result_type::peel_signature;
use crate::service::desugared::is_desugared;
use crate::service::parse::ImplSyntax;
use crate::{function, grpc_error, service};

/// The attribute that is being expanded.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Attribute {
    Interceptor,
    RequireMetadata,
    GrpcError,
}

impl Attribute {
    /// The name that the user writes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Interceptor => "interceptor",
            Self::RequireMetadata => "require_metadata",
            Self::GrpcError => "grpc_error",
        }
    }
}

/// A function with its body as tokens: what is wrong in there is for rustc to say.
#[derive(Clone)]
pub(crate) struct FnSyntax {
    pub(crate) attrs: Vec<syn::Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Body,
}

/// A body with its braces, which is where rustc says that its value is of the wrong type.
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
    pub(crate) fn parse(attrs: Vec<syn::Attribute>, input: ParseStream<'_>) -> syn::Result<Self> {
        let vis = input.parse()?;
        let mut sig = input.parse()?;
        peel_signature(&mut sig);
        let content;
        let braces = braced!(content in input);
        Ok(Self { attrs, vis, sig, body: Body { braces, tokens: content.parse()? } })
    }

    /// Whether a function is next, rather than a constant or a type.
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

enum Item {
    Impl(ImplSyntax),
    Fn(FnSyntax),
    /// The `const _: () = ();` below an attribute that the expansion has taken, and mentions.
    Mention(TokenStream),
    Other,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(syn::Attribute::parse_outer)?;
        if input.peek(Token![impl]) || (input.peek(Token![unsafe]) && input.peek2(Token![impl])) {
            ImplSyntax::parse(attrs, input).map(Self::Impl)
        } else if FnSyntax::is_next(input) {
            FnSyntax::parse(attrs, input).map(Self::Fn)
        } else {
            let item: TokenStream = input.parse()?;
            let plain = |tokens: &TokenStream| tokens.to_string().replace(' ', "");
            let is_mention = attrs.is_empty() && plain(&item) == plain(&mention());
            Ok(if is_mention { Self::Mention(item) } else { Self::Other })
        }
    }
}

/// The item below an attribute that the expansion mentions, so that its import counts as used.
pub(crate) fn mention() -> TokenStream {
    quote!(
        const _: () = ();
    )
}

pub(crate) fn expand(attribute: Attribute, args: TokenStream, item: &TokenStream) -> TokenStream {
    let misplaced = |message: &str| {
        let error = syn::Error::new(proc_macro2::Span::call_site(), message).to_compile_error();
        quote!(#item #error)
    };
    match (attribute, syn::parse2(item.clone())) {
        (_, Ok(Item::Mention(item))) => item,
        (_, Ok(Item::Impl(syntax))) => service::expand(attribute, args, syntax),
        (Attribute::GrpcError, Ok(Item::Fn(method))) if is_desugared(&method.sig) => {
            grpc_error::expand_method(args, method)
        }
        (_, Ok(Item::Fn(method))) if method.sig.receiver().is_some() => on_method(attribute, item),
        (Attribute::GrpcError, Ok(Item::Other)) => grpc_error::expand(args, item),
        (Attribute::GrpcError, Ok(Item::Fn(_))) => misplaced(grpc_error::MISPLACED),
        (Attribute::Interceptor, Ok(Item::Fn(function))) => function::expand(args, function),
        (Attribute::Interceptor, Ok(Item::Other)) => misplaced(
            "`#[interceptor]` is not expected here; put it on an `async fn` or on the impl of a tonic service",
        ),
        (Attribute::RequireMetadata, Ok(Item::Fn(_) | Item::Other)) => misplaced(
            "`#[require_metadata]` is not expected here; put it on the impl of a tonic service or on a method of it",
        ),
        (_, Err(error)) => {
            let error = error.to_compile_error();
            quote!(#item #error)
        }
    }
}

/// Left over on a method: nothing above its impl has taken it.
fn on_method(attribute: Attribute, item: &TokenStream) -> TokenStream {
    let message = match attribute {
        Attribute::Interceptor => {
            "`#[interceptor]` on a method needs one above its impl, of a tonic service; an interceptor is a free `async fn`"
        }
        Attribute::RequireMetadata => {
            "`#[require_metadata]` on a method needs `#[interceptor]` above its impl"
        }
        Attribute::GrpcError => {
            "`#[grpc_error]` on a method needs `#[tonic::async_trait]` above its impl; or move it above the impl, and leave that out"
        }
    };
    let error = syn::Error::new(proc_macro2::Span::call_site(), message).to_compile_error();
    // As the body of the method: an impl has no place for a macro that expands to nothing.
    match syn::parse2::<syn::ImplItemFn>(item.clone()) {
        Ok(mut method) => {
            method.block = syn::parse_quote!({ #error });
            quote!(#method)
        }
        Err(_) => quote!(#item #error),
    }
}
