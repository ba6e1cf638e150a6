//! The impl by which `Mount` serves the rpcs of the service at their paths.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Generics, Path};

use super::descriptor::rust_name;
use super::impls::assumed_generics;
use super::lists;
use super::names::{chain_name, info_name, stream_call_name};
use super::report;
use super::types::server_path;
use crate::common::hygiene::{local, unused_name};
use crate::service::model::method::Method;
use crate::service::model::service::Service;
use crate::service::model::signature::{Receiver, RpcSignature};

/// Makes the impl of `Serve`. There is none if the user gives the service's name on the wire, because then the path of
/// tonic's generated server is not known.
pub(super) fn expand(service: &Service) -> Option<TokenStream> {
    if service.wire_name.is_some() {
        return None;
    }
    let private = &service.runtime;
    let (server, self_ty, codec) = (server_path(service), &service.self_ty, codec_name(service));
    let generics = generics(service, &codec);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let names = rpcs(service).map(|(method, _)| path_and_name(service, method));
    let routes = rpcs(service).map(|(method, rpc)| route(service, &server, method, rpc));
    let tonic = tonic(service, &server);
    let (lists, table) = (lists::lists(service), report::table(service));
    let [this, settings, request] = ["service", "settings", "request"].map(local);
    // `Self::Mount` would be shorter, but then a mistake in `Self` would be another error for each use.
    let mount = quote!(#private::Mount<Self, #server<()>, #codec>);
    Some(quote! {
        impl #impl_generics #private::Serve<#server<()>, #codec> for #self_ty #where_clause {
            type Mount = #mount;

            const NAME: &'static str = <#server<()> as #private::NamedService>::NAME;
            const METHODS: &'static [(&'static #private::MethodInfo, &'static str)] = &[#(#names),*];
            #table

            #lists

            #tonic

            fn mount(#this: #private::Arc<Self>) -> #mount {
                #private::Mount::with_codec(#this)
            }

            fn serve(
                #this: &#private::Arc<Self>,
                #settings: &#private::MountSettings,
                #request: #private::HttpRequest,
            ) -> #private::HttpResponseFuture {
                #(#routes)*
                #private::forward_to_tonic::<#server<()>, #codec, Self>(#this, #settings, #request)
            }
        }
    })
}

/// Makes the impl of `Serve` for a service with mistakes. With it, the service can be mounted, and the import of tonic's
/// generated server is used.
pub(crate) fn mount_without_bodies(service: &Service) -> Option<TokenStream> {
    if service.wire_name.is_some() {
        return None;
    }
    let private = &service.runtime;
    let (server, self_ty, codec) = (server_path(service), &service.self_ty, codec_name(service));
    let mut generics = assumed_generics(service);
    generics.params.push(syn::parse_quote!(#codec));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (mount, arc) = (quote!(#private::Mount<Self, #server<()>, #codec>), quote!(#private::Arc<Self>));
    Some(quote! {
        impl #impl_generics #private::Serve<#server<()>, #codec> for #self_ty #where_clause {
            type Mount = #mount;
            type Tonic = #private::Placeholder<()>;

            const NAME: &'static str = "";
            const METHODS: &'static [(&'static #private::MethodInfo, &'static str)] = &[];

            fn tonic(_: &#arc, _: &#private::MountSettings) -> Self::Tonic {
                ::core::unreachable!()
            }

            fn mount(_: #arc) -> #mount {
                ::core::unreachable!()
            }

            fn serve(_: &#arc, _: &#private::MountSettings, _: #private::HttpRequest) -> #private::HttpResponseFuture {
                ::core::unreachable!()
            }
        }
    })
}

fn rpcs(service: &Service) -> impl Iterator<Item = (&Method, &RpcSignature)> {
    service.methods.iter().filter_map(|method| Some((method, method.rpc.as_ref()?)))
}

/// Returns the generics of the impl: those of the service, and a codec for the messages of each rpc.
fn generics(service: &Service, codec: &Ident) -> Generics {
    let private = &service.runtime;
    let mut generics = assumed_generics(service);
    generics.params.push(syn::parse_quote!(#codec));
    let unconditional = rpcs(service).filter(|(method, _)| method.cfgs().next().is_none());
    // Several rpcs may have the same types, and clippy warns of a repeated bound.
    let mut seen = HashSet::new();
    let bounds = unconditional.filter_map(|(_, rpc)| {
        let (message, response) = (&rpc.message.ty, &rpc.response);
        let bound = quote!(#private::CodecFor<#message, #response>);
        seen.insert(bound.to_string()).then_some(bound)
    });
    generics.make_where_clause().predicates.push(syn::parse_quote!(#codec: #(#bounds)+*));
    generics
}

/// Returns a name for the codec's parameter that is in none of the impl's types. The notes of rustc show it.
fn codec_name(service: &Service) -> Ident {
    let Service { generics, self_ty, trait_path, .. } = service;
    let messages = rpcs(service).map(|(_, rpc)| {
        let (message, response) = (&rpc.message.ty, &rpc.response);
        quote!(#message #response)
    });
    let types = quote!(#generics #self_ty #trait_path #(#messages)*);
    unused_name("AnyCodec", &types)
}

/// Makes the pair of an rpc and the name of its method. The runtime compares the two.
fn path_and_name(service: &Service, method: &Method) -> TokenStream {
    let cfgs = method.cfgs();
    let info = info_name(service, method);
    let name = rust_name(method);
    quote!(#(#cfgs)* (#info, #name))
}

/// Makes the statement that serves the requests of one rpc. A method with a `#[cfg]` is left to tonic: the types of its
/// messages may be absent as well, and bounds cannot have a `#[cfg]`.
fn route(service: &Service, server: &Path, method: &Method, rpc: &RpcSignature) -> Option<TokenStream> {
    if method.cfgs().next().is_some() {
        return None;
    }
    let private = &service.runtime;
    let [this, settings, request] = ["service", "settings", "request"].map(local);
    let codec = codec_name(service);
    let info = info_name(service, method);
    let (message, response) = (&rpc.message.ty, &rpc.response);
    let (serve, inferred) = if rpc.stream.is_some() {
        (quote!(respond_with_stream), quote!(_, _))
    } else {
        (quote!(respond_once), quote!(_))
    };
    let run = run(service, method, rpc);
    Some(quote! {
        if #request.uri().path() == #info.path() {
            return #private::#serve::<#server<()>, #codec, Self, #private::Rpc<#message, #response>, #inferred>(
                #this,
                #settings,
                #info,
                #request,
                #run,
            );
        }
    })
}

/// Makes the closure that runs the chain of an rpc.
fn run(service: &Service, method: &Method, rpc: &RpcSignature) -> TokenStream {
    let private = &service.runtime;
    let [this, received, call, exchange] = ["service", "received", "call", "exchange"].map(local);
    let receiver = match rpc.receiver {
        Receiver::Ref => quote!(#this),
        Receiver::Arc => quote!(#private::Clone::clone(#this)),
    };
    if rpc.stream.is_some() {
        let begin = stream_call_name(service, method);
        quote!(|#this, #received| Self::#begin(#receiver, #received))
    } else {
        let chain = chain_name(service, method);
        quote!(|#this, #call, #exchange| #private::Box::pin(Self::#chain(#receiver, #call, #exchange)))
    }
}

/// Makes the function that builds tonic's own server with the same settings.
fn tonic(service: &Service, server: &Path) -> TokenStream {
    let private = &service.runtime;
    let [this, settings, tonic, value] = ["service", "settings", "tonic", "value"].map(local);
    quote! {
        type Tonic = #server<Self>;

        fn tonic(#this: &#private::Arc<Self>, #settings: &#private::MountSettings) -> #server<Self> {
            let mut #tonic = <#server<Self>>::from_arc(#private::Clone::clone(#this));
            for #value in &#settings.accepted {
                #tonic = #tonic.accept_compressed(*#value);
            }
            for #value in &#settings.sent {
                #tonic = #tonic.send_compressed(*#value);
            }
            if let #private::Option::Some(#value) = #settings.max_decoding_message_size {
                #tonic = #tonic.max_decoding_message_size(#value);
            }
            if let #private::Option::Some(#value) = #settings.max_encoding_message_size {
                #tonic = #tonic.max_encoding_message_size(#value);
            }
            #tonic
        }
    }
}
