//! The codes that the error of a handler can have. A macro cannot know what a type is, so constants of the runtime find it out.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{ReturnType, Type};

use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Makes the expression with the codes of the handler's error, and those of its stream's error.
pub(super) fn codes(service: &Service, method: &Method) -> TokenStream {
    let private = &service.runtime;
    let Some(rpc) = &method.rpc else { return quote!(#private::Option::None) };
    let of_handler = match (&rpc.error, &method.sig.output) {
        (Some(error), _) => nameable(error).map(|error| quote!(CodesOf::<#error>)),
        (None, ReturnType::Type(_, alias)) => nameable(alias).map(|alias| quote!(CodesOfResult::<#alias>)),
        (None, ReturnType::Default) => None,
    };
    let of_stream = rpc.stream.as_ref().map(|stream| {
        let error = stream.error.as_ref().and_then(nameable);
        error.map(|error| quote!(CodesOf::<#error>))
    });
    let known: Option<Vec<_>> = [Some(of_handler), of_stream].into_iter().flatten().collect();
    let Some(known) = known else { return quote!(#private::Option::None) };
    quote!({
        #[allow(unused_imports)]
        use #private::UnknownCodes as _;
        #private::CodeSet::union(&[#(#private::#known::CODES),*])
    })
}

/// Returns the type if a constant can name it: the lifetimes of the method and its `impl Trait` are not known there, and `Self`
/// would be that of another trait.
fn nameable(ty: &Type) -> Option<&Type> {
    is_nameable(ty.to_token_stream()).then_some(ty)
}

fn is_nameable(tokens: TokenStream) -> bool {
    tokens.into_iter().all(|token| match token {
        TokenTree::Ident(ident) => ident != "impl" && ident != "Self" && ident != "_",
        TokenTree::Punct(punct) => !matches!(punct.as_char(), '\'' | '&'),
        TokenTree::Group(group) => is_nameable(group.stream()),
        TokenTree::Literal(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::is_nameable;

    #[test]
    fn a_constant_names_no_lifetime_of_the_method() {
        assert!(is_nameable(quote!(shop::Error<[u8; 4]>)));
        for ty in [quote!(Error<'a>), quote!(Result<impl Stream>), quote!((&str,)), quote!(Self::Error)] {
            assert!(!is_nameable(ty.clone()), "{ty}");
        }
    }
}
