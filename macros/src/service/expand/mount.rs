//! What lets `Mount` serve the impl: its rpcs by their paths.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{LitStr, Path};

use super::method::{method_info, server_path};
use super::names::{call_name, chain_name};
use crate::names::{mixed, unused_name};
use crate::service::model::{Method, Service};
use crate::service::rpc::{Receiver, Rpc};

/// The impl of `Serve`, if it is known where tonic's generated server is.
pub(super) fn expand(service: &Service) -> Option<TokenStream> {
    if service.wire_name.is_some() {
        return None;
    }
    let private = &service.runtime;
    let server = server_path(service);
    let self_ty = &service.self_ty;
    let codec = codec_name(service);
    let mut generics = super::assumed_generics(service);
    generics.params.push(syn::parse_quote!(#codec));
    let rpcs: Vec<_> =
        service.methods.iter().filter_map(|method| Some((method, method.rpc.as_ref()?))).collect();
    let unconditional = rpcs.iter().filter(|(method, _)| method.cfgs().next().is_none());
    // Rpcs may share their types, which a lint of clippy's would see.
    let mut seen = HashSet::new();
    let bounds = unconditional.filter_map(|(_, rpc)| {
        let (request, reply) = (&rpc.message.ty, &rpc.reply.ty);
        let bound = quote!(#private::CodecFor<#request, #reply>);
        seen.insert(bound.to_string()).then_some(bound)
    });
    generics.make_where_clause().predicates.push(syn::parse_quote!(#codec: #(#bounds)+*));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let names = rpcs.iter().map(|(method, rpc)| name(service, method, rpc));
    let [own, settings, request] = ["service", "settings", "request"].map(mixed);
    let routes = rpcs.iter().map(|(method, rpc)| route(service, &server, method, rpc));
    let tonic = tonic(service, &server);
    // Types by their names: with `Self::Mount`, what is wrong with `Self` would be another error for each.
    let mount = quote!(#private::Mount<Self, #server<()>, #codec>);
    Some(quote! {
        impl #impl_generics #private::Serve<#server<()>, #codec> for #self_ty #where_clause {
            type Mount = #mount;

            const NAME: &'static str = <#server<()> as #private::NamedService>::NAME;
            const METHODS: &'static [(&'static #private::MethodInfo, &'static str)] = &[#(#names),*];

            #tonic

            fn mount(mount: #mount) -> #mount {
                mount
            }

            fn serve(
                #own: &#private::Arc<Self>,
                #settings: &#private::Settings,
                #request: #private::HttpRequest,
            ) -> #private::Answer {
                #(#routes)*
                #private::other::<#server<()>, #codec, Self>(#own, #settings, #request)
            }
        }
    })
}

/// The impl of `Serve` for a service with mistakes, so that they are all the user reads: it can be mounted, and
/// tonic's generated server is in use.
pub(in crate::service) fn stand_in(service: &Service) -> Option<TokenStream> {
    if service.wire_name.is_some() {
        return None;
    }
    let private = &service.runtime;
    let server = server_path(service);
    let self_ty = &service.self_ty;
    let codec = codec_name(service);
    let mut generics = super::assumed_generics(service);
    generics.params.push(syn::parse_quote!(#codec));
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (mount, arc) = (quote!(#private::Mount<Self, #server<()>, #codec>), quote!(#private::Arc<Self>));
    Some(quote! {
        impl #impl_generics #private::Serve<#server<()>, #codec> for #self_ty #where_clause {
            type Mount = #mount;
            type Tonic = #private::StandIn<()>;

            const NAME: &'static str = "";
            const METHODS: &'static [(&'static #private::MethodInfo, &'static str)] = &[];

            fn tonic(_: &#arc, _: &#private::Settings) -> Self::Tonic {
                ::core::unreachable!()
            }

            fn mount(_: #mount) -> #mount {
                ::core::unreachable!()
            }

            fn serve(_: &#arc, _: &#private::Settings, _: #private::HttpRequest) -> #private::Answer {
                ::core::unreachable!()
            }
        }
    })
}

/// The parameter of the impl, of which rustc's notes speak: a name that stands in none of the impl's types.
fn codec_name(service: &Service) -> Ident {
    let Service { generics, self_ty, trait_path, .. } = service;
    let messages = service.methods.iter().filter_map(|method| method.rpc.as_ref()).map(|rpc| {
        let (request, reply) = (&rpc.message.ty, &rpc.reply.ty);
        quote!(#request #reply)
    });
    let types = quote!(#generics #self_ty #trait_path #(#messages)*);
    unused_name("AnyCodec", &types)
}

/// An rpc and the method it was guessed from.
fn name(service: &Service, method: &Method, rpc: &Rpc) -> TokenStream {
    let cfgs = method.cfgs();
    let info = method_info(service, method, rpc);
    let ident = &method.sig.ident;
    let ident = LitStr::new(&ident.unraw().to_string(), ident.span());
    quote!(#(#cfgs)* (#info, #ident))
}

/// Serves the requests of one rpc. One whose method may be absent is left to tonic: the types of its messages
/// may be absent as well, and bounds can't have a `#[cfg]`.
fn route(service: &Service, server: &Path, method: &Method, rpc: &Rpc) -> Option<TokenStream> {
    if method.cfgs().next().is_some() {
        return None;
    }
    let private = &service.runtime;
    let [own, settings, request] = ["service", "settings", "request"].map(mixed);
    let [received, call, exchange] = ["received", "call", "exchange"].map(mixed);
    let codec = codec_name(service);
    let info = method_info(service, method, rpc);
    let (message, reply) = (&rpc.message.ty, &rpc.reply.ty);
    let receiver = match rpc.receiver {
        Receiver::Ref => quote!(#own),
        Receiver::Arc => quote!(#private::Clone::clone(#own)),
    };
    let (serve, inferred, run) = match &rpc.stream {
        None => {
            let chain = chain_name(service, method);
            (
                quote!(single),
                quote!(_),
                quote!(|#own, #call, #exchange| #private::Box::pin(Self::#chain(#receiver, #call, #exchange))),
            )
        }
        Some(_) => {
            let begin = call_name(service, method);
            (quote!(stream), quote!(_, _), quote!(|#own, #received| Self::#begin(#receiver, #received)))
        }
    };
    Some(quote! {
        if #request.uri().path() == #info.path() {
            return #private::#serve::<#server<()>, #codec, Self, #private::Rpc<#message, #reply>, #inferred>(
                #own,
                #settings,
                #info,
                #request,
                #run,
            );
        }
    })
}

/// tonic's own server, with the same settings.
fn tonic(service: &Service, server: &Path) -> TokenStream {
    let private = &service.runtime;
    let [own, settings, tonic, value] = ["service", "settings", "tonic", "value"].map(mixed);
    quote! {
        type Tonic = #server<Self>;

        fn tonic(#own: &#private::Arc<Self>, #settings: &#private::Settings) -> #server<Self> {
            let mut #tonic = <#server<Self>>::from_arc(#private::Clone::clone(#own));
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
