use proc_macro2::TokenStream;
use quote::quote;

use super::check::{is_foreign, parameters};
use super::expand::{handlers, stand_in, trait_impl, trait_method, uses};
use super::listed;
use super::model::Service;
use super::unseen::is_odd;

/// What stands in for an impl with mistakes, so that they are all the user reads: the user's code
/// is still checked, and whatever uses the service still compiles.
pub(super) fn expand(service: &Service) -> TokenStream {
    let handlers = if is_foreign(service) { TokenStream::new() } else { handlers(service) };
    let others: Vec<_> = service.others.iter().filter(|item| !is_odd(item)).collect();
    let Some(trait_path) = &service.trait_path else {
        let (impl_generics, _, where_clause) = service.generics.split_for_impl();
        let self_ty = &service.self_ty;
        let methods = service.methods.iter().map(|method| {
            let attrs = method.attrs.iter().chain(&method.handler_attrs);
            let (sig, body) = (&method.sig, &method.body);
            quote!(#(#attrs)* #sig #body)
        });
        return quote!(impl #impl_generics #self_ty #where_clause { #(#others)* #(#methods)* });
    };
    let methods: Option<Vec<_>> = service
        .methods
        .iter()
        .map(|method| {
            let body = quote!(::core::unreachable!());
            Some(trait_method(service, method, method.rpc.as_ref()?, &body))
        })
        .collect();
    // An impl that lacks a method is a second error; one that is missing is seen only where it is used.
    let is_whole = others.len() == service.others.len();
    let trait_impl = methods.filter(|_| is_whole).map(|methods| trait_impl(service, methods.into_iter()));
    let has_server = !is_foreign(service) && parameters(service).is_none();
    let mount = has_server.then(|| stand_in(service));
    // Where the trait is imported, the import counts as used.
    let import = trait_impl.is_none().then(|| quote!(#[allow(unused_imports)] use #trait_path as _;));
    let uses = uses(service);
    let listed = listed::uses(service);
    let impls =
        service.origin.in_scope(&quote!(#[allow(unused)] #handlers #trait_impl #mount #import #listed));
    quote!(#impls #uses)
}
