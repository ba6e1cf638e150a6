use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, FnArg, Ident, LitStr, Meta, Pat, Path, Signature, Type};

use super::guards::{SplitEntries, split_guards};
use super::param::Param;
use super::signature::RpcSignature;
use super::stream_types::StreamTypes;
use crate::args::entry::Entry;
use crate::args::parameter::ParameterAttributes;
use crate::common::case::upper_camel_case;
use crate::common::cfgs::cfgs;
use crate::common::result_type::alias_without_arguments;
use crate::common::runtime_path::RuntimePath;
use crate::common::types::path_ends_in;
use crate::service::parse::method::MethodSyntax;
use crate::syntax::async_trait::{is_desugared, resugar};
use crate::syntax::function::{Body, typed_params};

/// A method of an annotated impl.
pub(crate) struct Method {
    /// Attributes such as docs and `#[cfg]`, which belong to the trait's method.
    pub(crate) attrs: Vec<Attribute>,
    /// Attributes that belong to the user's code.
    pub(crate) handler_attrs: Vec<Attribute>,
    /// The user's signature without our attributes.
    pub(crate) sig: Signature,
    pub(crate) body: Body,
    /// The entries of the method itself that run before the message has arrived.
    pub(crate) entries: Vec<Entry>,
    /// The entries of the method that use its message. They run when it has arrived.
    pub(crate) guards: Vec<Entry>,
    /// The entries that stand after a guard, although they run before it.
    pub(crate) misplaced: Vec<Entry>,
    /// True if a list could not be read, so that names may be missing.
    pub(crate) has_unread_entries: bool,
    pub(crate) skips: Vec<Ident>,
    pub(crate) wire_name: Option<LitStr>,
    /// The signature that async-trait made, if it ran before our attribute. The body is then hidden.
    pub(crate) desugared: Option<Signature>,
    /// True if the signature names a stream that the impl does not define.
    pub(crate) has_undefined_stream: bool,
    /// The paths of our attributes on the method.
    pub(crate) consumed: Vec<Path>,
    /// The type of the message as it was written.
    pub(crate) message: Option<Type>,
    /// The parameters after the message.
    pub(crate) params: Vec<Param>,
    /// None if the signature has a mistake that leaves its types unknown.
    pub(crate) rpc: Option<RpcSignature>,
}

impl Method {
    pub(super) fn new(runtime: &RuntimePath, syntax: &MethodSyntax, streams: &StreamTypes<'_>) -> Self {
        let attributes = &syntax.attributes;
        let (attrs, mut handler_attrs): (_, Vec<_>) =
            attributes.others.iter().cloned().partition(belongs_to_trait_method);
        handler_attrs.iter_mut().for_each(|attr| name_span(attr, &syntax.item.sig.ident));
        let written = &syntax.item.sig;
        let is_desugared = is_desugared(written);
        let desugared = is_desugared.then(|| streams.replace_in_signature(written.clone()).0);
        let sig = if is_desugared { resugar(written.clone()) } else { written.clone() };
        let (sig, has_undefined_stream) = streams.replace_in_signature(sig);
        let (message, params) = message_and_params(&sig, &syntax.parameters);
        let wire_name = attributes.wire_name.clone();
        let mut body = syntax.item.body.clone();
        body.tokens = streams.replace_in_body(body.tokens);
        let rpc = message.as_ref().and_then(|message| {
            RpcSignature::new(runtime, &sig, &body.tokens, message, wire_name.as_ref(), streams)
        });
        let is_stream = rpc.as_ref().is_some_and(|rpc| rpc.client_streams);
        let message_name = message_name(&sig).filter(|_| !is_stream);
        let SplitEntries { levels, guards, misplaced } = split_guards(&attributes.entries, message_name);
        Self {
            attrs,
            handler_attrs,
            sig,
            body,
            entries: levels,
            guards,
            misplaced,
            has_unread_entries: attributes.has_unread_entries,
            skips: attributes.skips.clone(),
            wire_name,
            desugared,
            has_undefined_stream,
            consumed: attributes.consumed.clone(),
            message,
            params,
            rpc,
        }
    }

    /// Returns the name on the wire, which is made of the method's name unless another one is given.
    pub(crate) fn rpc_name(&self) -> LitStr {
        let ident = &self.sig.ident;
        let of_method = || LitStr::new(&upper_camel_case(&ident.unraw().to_string()), ident.span());
        self.wire_name.clone().unwrap_or_else(of_method)
    }

    /// Returns true if an entry of the method binds the name.
    pub(crate) fn binds(&self, name: &Ident) -> bool {
        self.entry(name).is_some() || self.guards.iter().any(|guard| guard.name() == Some(name))
    }

    /// Returns the entry of the method with the name, unless it is a guard.
    pub(crate) fn entry(&self, name: &Ident) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name() == Some(name))
    }

    /// Returns the name of the message, which is the first parameter.
    pub(crate) fn message_name(&self) -> Option<&Ident> {
        message_name(&self.sig)
    }

    /// Returns the return type if it is an alias that hides the `Result`.
    pub(crate) fn hiding_alias(&self) -> Option<&Type> {
        let is_async = self.sig.asyncness.is_some();
        alias_without_arguments(&self.sig.output, &self.body.tokens).filter(|_| is_async)
    }

    /// Returns the `#[cfg]` attributes.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        cfgs(&self.attrs)
    }
}

fn message_name(sig: &Signature) -> Option<&Ident> {
    match &*typed_params(sig).next()?.pat {
        Pat::Ident(pat) => Some(&pat.ident),
        _ => None,
    }
}

/// Returns true for an attribute that belongs to the method which others see, rather than to the user's code.
fn belongs_to_trait_method(attr: &Attribute) -> bool {
    ["cfg", "doc", "deprecated"].iter().any(|name| attr.path().is_ident(name))
}

/// Makes `#[tracing::instrument]` name its span after the method, and not after the function that holds the method's body.
fn name_span(attr: &mut Attribute, method: &Ident) {
    if !path_ends_in(attr.path(), "instrument") {
        return;
    }
    let (path, name) = (attr.path(), method.unraw().to_string());
    let args = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    let is_named =
        args.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(key) if key == "name"));
    if !is_named {
        attr.meta = syn::parse_quote!(#path(name = #name, #args));
    }
}

/// Returns the type of the message, which is the first parameter, and the parameters after it. If the first parameter is
/// metadata, which is a mistake, the message is the next parameter that is not.
fn message_and_params(sig: &Signature, attributes: &[ParameterAttributes]) -> (Option<Type>, Vec<Param>) {
    let mut params = sig.inputs.iter().zip(attributes).filter_map(|(input, attributes)| match input {
        FnArg::Typed(param) => Some((param, attributes)),
        FnArg::Receiver(_) => None,
    });
    let message = params.find(|(_, attributes)| attributes.metadata.is_none());
    let params = params.map(|(param, attributes)| Param::new(param, attributes)).collect();
    (message.map(|(param, _)| (*param.ty).clone()), params)
}
