//! The impl as rustc gets it. Each method is split in two: the user's code, which becomes a private function, and
//! the trait's method, which runs the chain and calls that function.

mod call;
mod codes;
mod descriptor;
mod guards;
mod handler_call;
mod handlers;
mod impls;
mod lists;
mod messages;
mod mount;
mod names;
mod order;
mod placeholders;
mod private_functions;
mod recorded;
mod report;
mod trait_method;
mod types;
mod unused;

use proc_macro2::TokenStream;
use quote::quote;

use super::model::service::Service;

pub(super) use handlers::handlers;
pub(super) use impls::trait_impl;
pub(super) use mount::mount_without_bodies;
pub(super) use placeholders::placeholders;
pub(super) use trait_method::trait_method;

pub(super) fn expand(service: &Service) -> TokenStream {
    let chains = service.methods.iter().filter_map(|method| call::chain(service, method));
    let calls = service.methods.iter().filter_map(|method| call::stream_call(service, method));
    let handlers = handlers(service);
    let chains = impls::chains_impl(service, chains.chain(calls));
    let methods = service.methods.iter().map(|method| {
        let rpc =
            method.rpc.as_ref().expect("a method without types is an error, and errors end in the fallback");
        trait_method(service, method, rpc, &call::body(service, method, rpc))
    });
    let trait_impl = trait_impl(service, methods);
    let description = descriptor::description(service);
    let infos = service.methods.iter().filter_map(|method| descriptor::method_info(service, method));
    let mount = mount::expand(service);
    let placeholders = placeholders(service);
    let check = impls::type_check(service);
    let (order, unused) = (order::checks(service), unused::unused_names(service));
    let (messages, descriptor) = (messages::checks(service), descriptor::checks(service));
    let impls = service.full_runtime.in_const_block(&quote! {
        #description #(#infos)* #handlers #chains #trait_impl #mount #check #messages #descriptor #order #unused
    });
    quote!(#impls #placeholders)
}
