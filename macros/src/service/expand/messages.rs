//! The check that an alias hides no stream where the signature says that one message is sent.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::common::tokens::has_ident;
use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::service::model::signature::RpcSignature;

/// Makes the checks of all methods.
pub(super) fn checks(service: &Service) -> TokenStream {
    let checks = service.methods.iter().filter_map(|method| check(service, method, method.rpc.as_ref()?));
    quote!(#(#checks)*)
}

/// Makes a function for each side that does not stream. It does not compile if an alias hides that the type is a stream.
/// The function can't use the generics of the impl, nor its `Self`.
fn check(service: &Service, method: &Method, rpc: &RpcSignature) -> Option<TokenStream> {
    if !service.generics.params.is_empty() {
        return None;
    }
    let message = (!rpc.client_streams).then_some(&rpc.message.ty);
    let response = rpc.stream.is_none().then_some(&rpc.response);
    let types = message.into_iter().chain(response).filter(|ty| !has_ident(ty.to_token_stream(), "Self"));
    let checks = types.map(|ty| {
        let at = Span::call_site().located_at(ty.span());
        let (cfgs, private) = (method.cfgs(), service.runtime.at(at));
        quote_spanned! {at=>
            #(#cfgs)*
            const _: () = {
                #[allow(dead_code)]
                fn check() {
                    use #private::AnyMessage as _;
                    #private::single_message(#private::expected::<#ty>().vestibule_found());
                }
            };
        }
    });
    Some(quote!(#(#checks)*))
}
