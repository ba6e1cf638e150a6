//! The constants that come from the descriptor of the service, if there is one. A macro cannot know that, so constants of
//! the runtime find it out.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use super::names::info_name;
use super::types::{server_path, shape};
use crate::args::entry::Entry;
use crate::common::quoting::report_at;
use crate::service::model::method::Method;
use crate::service::model::service::Service;

/// Makes the constant with the descriptor of the service, which is `None` if `vestibule-build` has not written one. rustc takes
/// the constant of the trait if the other one does not apply.
pub(super) fn description(service: &Service) -> Option<TokenStream> {
    if service.wire_name.is_some() {
        return None;
    }
    let (private, server) = (&service.runtime, server_path(service));
    Some(quote! {
        const __0SERVICE: #private::Option<&#private::ServiceInfo> = {
            #[allow(unused_imports)]
            use #private::Undescribed as _;
            #private::DescriptionOf::<#server<()>>::SERVICE
        };
    })
}

/// Makes the constant with the name, the path and the shape of an rpc. It is evaluated once, and all uses refer to it.
pub(super) fn method_info(service: &Service, method: &Method) -> Option<TokenStream> {
    let rpc = method.rpc.as_ref()?;
    let private = &service.runtime;
    let (cfgs, constant, name) = (method.cfgs(), info_name(service, method), method.rpc_name());
    let shape = shape(rpc);
    let info = match &service.wire_name {
        Some(service_name) => quote!(#private::method_info!(#service_name, #name, #shape)),
        None => {
            let (server, rust_name) = (server_path(service), rust_name(method));
            quote! {
                match #private::described_method(__0SERVICE, #rust_name) {
                    #private::Option::Some(described) => described,
                    #private::Option::None => #private::method_info!(
                        <#server<()> as #private::NamedService>::NAME,
                        #name,
                        #shape
                    ),
                }
            }
        }
    };
    Some(quote! {
        #(#cfgs)*
        const #constant: &#private::MethodInfo = #info;
    })
}

/// Makes the checks of the impl against the descriptor. Each is an error of its own, at the user's own words.
pub(super) fn checks(service: &Service) -> Option<TokenStream> {
    if service.wire_name.is_some() {
        return None;
    }
    let names = service.methods.iter().filter_map(|method| wire_name_check(service, method));
    let first = service.unimplemented.first();
    let is_described =
        first.map(|name| check(service, name, "descriptor_is_missing", &quote!("`unimplemented`")));
    let unimplemented = service.unimplemented.iter().map(|name| {
        let rpc = literal(name);
        check(service, name, "unknown_rpc", &quote!(#rpc))
    });
    let missing = missing_rpcs(service);
    let policies = policies(service);
    Some(quote!(#missing #is_described #(#unimplemented)* #(#names)* #policies))
}

/// Makes the checks of `each(access: OPTION)`: the .proto file or the method states the policy of an rpc, and not both.
fn policies(service: &Service) -> TokenStream {
    let private = &service.runtime;
    let demanded = service.each.iter().flat_map(|each| &each.names);
    let checks = demanded.filter_map(|demanded| {
        let (option, name) = (demanded.option.as_ref()?, literal(&demanded.name));
        let is_described = check(service, option, "descriptor_is_missing", &quote!("an option"));
        let methods = service.methods.iter().map(|method| {
            let (cfgs, rust_name) = (method.cfgs(), rust_name(method));
            let own = method.entries.iter().chain(&method.guards).filter_map(Entry::name);
            let (at, function) = match own.into_iter().find(|own| **own == demanded.name) {
                Some(own) => (own, "option_beside_entry"),
                None => (&method.sig.ident, "option_is_missing"),
            };
            let check =
                check(service, at, function, &quote!(#rust_name, #private::name_of_option(&#option), #name));
            quote!(#(#cfgs)* #check)
        });
        Some(quote!(#is_described #(#methods)*))
    });
    quote!(#(#checks)*)
}

/// Makes the check that there is a method for each rpc that tonic's trait would supply.
fn missing_rpcs(service: &Service) -> TokenStream {
    let written = service.methods.iter().map(|method| {
        let (cfgs, name) = (method.cfgs(), rust_name(method));
        quote!(#(#cfgs)* #name)
    });
    let unimplemented = service.unimplemented.iter().map(literal);
    check(service, &service.trait_path, "missing_rpcs", &quote!(&[#(#written),*], &[#(#unimplemented),*]))
}

/// Makes the check of the name that the user gives to an rpc.
fn wire_name_check(service: &Service, method: &Method) -> Option<TokenStream> {
    let (cfgs, rust_name, name) = (method.cfgs(), rust_name(method), method.wire_name.as_ref()?);
    let check = check(service, name, "wrong_name", &quote!(#rust_name, #name));
    Some(quote!(#(#cfgs)* #check))
}

/// Makes the constant that calls a check of the runtime, and reports the text that it returns at these tokens.
fn check(service: &Service, tokens: &impl ToTokens, function: &str, args: &TokenStream) -> TokenStream {
    report_at(&service.runtime, &tokens.to_token_stream(), function, &quote!(__0SERVICE, #args))
}

/// Returns the name of the method as a descriptor has it.
pub(super) fn rust_name(method: &Method) -> LitStr {
    literal(&method.sig.ident)
}

fn literal(name: &Ident) -> LitStr {
    LitStr::new(&name.unraw().to_string(), name.span())
}
