use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::TypeImplTrait;
use syn::visit_mut::VisitMut;

use super::names::handler_name;
use super::private_functions::private_functions;
use super::unused::names_of;
use crate::common::lints::{lints, without_expectation};
use crate::common::result_type::{ResultType, alias_without_arguments};
use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::syntax::body_as_result::check_body_as_result;

/// Makes a private function of each method that the user wrote. In such a function, `?`, `return` and spans mean what they
/// mean in the method.
pub(crate) fn handlers(service: &Service) -> TokenStream {
    let lints = lints(&service.attrs);
    let attrs = quote! {
        // A handler may need many parameters, and it must be async.
        #[allow(clippy::too_many_arguments, clippy::unused_async)]
        #(#lints)*
    };
    let handlers: Vec<_> = service.methods.iter().map(|method| handler(service, method)).collect();
    private_functions(service, "Handlers", &attrs, &service.generics, &handlers)
}

fn handler(service: &Service, method: &Method) -> TokenStream {
    let Method { handler_attrs, sig, body, desugared, .. } = method;
    let cfgs = method.cfgs();
    let mut sig = desugared.as_ref().unwrap_or(sig).clone();
    let mut body = body.clone();
    let output = &sig.output;
    let is_result =
        ResultType::from_output(output).is_some() || alias_without_arguments(output, &body.tokens).is_some();
    if desugared.is_none() && !is_result {
        check_body_as_result(&service.runtime, &mut sig, &mut body);
    }
    sig.ident = handler_name(service, method);
    CaptureLikeEdition2024.visit_return_type_mut(&mut sig.output);
    let mut attrs = handler_attrs.clone();
    if !names_of(service, method).is_empty() {
        // The expectation may be about the name of an entry, which stands outside of this function.
        attrs = attrs.into_iter().map(without_expectation).collect();
    }
    quote!(#(#cfgs)* #(#attrs)* #sig #body)
}

/// Lets the stream of a response borrow from all parameters, as edition 2024 does. The span of an `impl` decides which
/// edition's rule applies, and the tokens of this crate are of edition 2024.
struct CaptureLikeEdition2024;

impl VisitMut for CaptureLikeEdition2024 {
    fn visit_type_impl_trait_mut(&mut self, stream: &mut TypeImplTrait) {
        let span = &mut stream.impl_token.span;
        *span = Span::call_site().located_at(*span);
    }
}
