//! The code that replaces an impl with mistakes, so that the user reads only about these mistakes. rustc still checks the
//! user's code, and other code that uses the service still compiles.

mod list_imports;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ImplItem;

use super::expand::{handlers, mount_without_bodies, placeholders, trait_impl, trait_method};
use super::model::service::Service;
use list_imports::list_imports;

pub(super) fn expand(service: &Service) -> TokenStream {
    let others: Vec<_> = service.others.iter().filter(|item| is_known(item)).collect();
    let Some(trait_path) = &service.trait_path else { return inherent_impl(service, &others) };
    let is_for_all_types = service.is_of_type_parameter();
    let handlers = (!is_for_all_types).then(|| handlers(service));
    let methods: Option<Vec<_>> = service
        .methods
        .iter()
        .map(|method| {
            let body = quote!(::core::unreachable!());
            Some(trait_method(service, method, method.rpc.as_ref()?, &body))
        })
        .collect();
    // rustc reports an impl that lacks a method. It reports an impl that is missing only where the impl is used.
    let is_complete = others.len() == service.others.len() && !service.is_of_type_without_name();
    let trait_impl = methods.filter(|_| is_complete).map(|methods| trait_impl(service, methods.into_iter()));
    let has_server =
        !is_for_all_types && !service.is_of_type_without_name() && service.trait_arguments().is_none();
    let mount = has_server.then(|| mount_without_bodies(service));
    // The import of the trait counts as used.
    let import = trait_impl.is_none().then(|| quote!(#[allow(unused_imports)] use #trait_path as _;));
    let placeholders = placeholders(service);
    let list_imports = list_imports(service);
    let impls = service
        .full_runtime
        .in_const_block(&quote!(#[allow(unused)] #handlers #trait_impl #mount #import #list_imports));
    quote!(#impls #placeholders)
}

/// Returns an impl without a trait as it was written.
fn inherent_impl(service: &Service, others: &[&ImplItem]) -> TokenStream {
    let (impl_generics, _, where_clause) = service.generics.split_for_impl();
    let self_ty = &service.self_ty;
    let methods = service.methods.iter().map(|method| {
        let attrs = method.attrs.iter().chain(&method.handler_attrs);
        let (sig, body) = (&method.sig, &method.body);
        quote!(#(#attrs)* #sig #body)
    });
    quote!(impl #impl_generics #self_ty #where_clause { #(#others)* #(#methods)* })
}

/// Returns false for a function in a form that no rpc has, and for an item that syn does not know.
fn is_known(item: &ImplItem) -> bool {
    matches!(item, ImplItem::Const(_) | ImplItem::Type(_) | ImplItem::Macro(_))
}
