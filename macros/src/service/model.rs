use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::token::Brace;
use syn::{
    Attribute, FnArg, Generics, Ident, ImplItem, LitStr, Pat, Path, ReturnType, Signature, Token, Type,
    Visibility,
};

use super::attributes::{Attributes, Place, is_about_the_item, is_async_trait, name_span};
use super::desugared;
use super::param::Param;
use super::parse::{ImplSyntax, ItemSyntax};
use super::rpc::Rpc;
use super::stream::{ReplyStream, StreamType, Streams};
use crate::args::Entry;
use crate::errors::Errors;
use crate::extract;
use crate::item::{self, Body, FnSyntax};
use crate::key::Key;
use crate::names::upper_camel_case;
use crate::runtime_path::RuntimePath;

/// An annotated impl.
pub(super) struct Service {
    /// The attribute that stands above it.
    pub(super) attribute: item::Attribute,
    /// The path by which the user's crate knows the runtime.
    pub(super) origin: RuntimePath,
    /// The name by which the expansion knows it, within `origin.in_scope`.
    pub(super) runtime: RuntimePath,
    pub(super) attrs: Vec<Attribute>,
    pub(super) unsafety: Option<Token![unsafe]>,
    pub(super) impl_token: Token![impl],
    pub(super) brace_token: Brace,
    pub(super) generics: Generics,
    /// None: an inherent impl, which is a mistake.
    pub(super) trait_path: Option<Path>,
    pub(super) self_ty: Type,
    /// The entries of the impl itself.
    pub(super) entries: Vec<Entry>,
    /// Whether some could not be read.
    pub(super) lacks_entries: bool,
    pub(super) wire_name: Option<LitStr>,
    /// Whether tonic-build made the trait with `generate_default_stubs`.
    pub(super) has_default_stubs: bool,
    /// The paths of the attributes that this one has taken.
    pub(super) taken: Vec<Path>,
    /// Types that seem to be of streams, but of no method's.
    pub(super) unused_streams: Vec<Ident>,
    pub(super) methods: Vec<Method>,
    pub(super) others: Vec<ImplItem>,
}

pub(super) struct Method {
    /// Docs, `#[cfg]` and the like: what belongs to the trait's method.
    pub(super) attrs: Vec<Attribute>,
    /// What belongs to the code the user wrote.
    pub(super) handler_attrs: Vec<Attribute>,
    /// The user's signature without our attributes.
    pub(super) sig: Signature,
    pub(super) body: Body,
    /// The entries of the method itself.
    pub(super) entries: Vec<Entry>,
    pub(super) lacks_entries: bool,
    pub(super) skips: Vec<Ident>,
    pub(super) wire_name: Option<LitStr>,
    /// The signature that async-trait made, which stood above us and has hidden the body.
    pub(super) desugared: Option<Signature>,
    pub(super) taken: Vec<Path>,
    /// The parameters after the message.
    pub(super) params: Vec<Param>,
    /// None: the signature has a mistake that leaves its types unknown.
    pub(super) rpc: Option<Rpc>,
    /// The mistakes of the method alone, kept with it so that they are reported in order.
    pub(super) errors: Errors,
}

impl Service {
    pub(super) fn new(
        attribute: item::Attribute,
        args: TokenStream,
        syntax: ImplSyntax,
        errors: &mut Errors,
    ) -> Self {
        let mut attributes = Attributes::default();
        match attribute {
            item::Attribute::Interceptor => {
                attributes.add_entries(errors.ok(syn::parse2(args)));
            }
            item::Attribute::RequireMetadata => {
                attributes.add_required(errors.ok(syn::parse2(args)));
            }
            // What a handler returns is turned into a status anyway.
            item::Attribute::GrpcError => attributes.add_runtime(errors.ok(syn::parse2(args))),
        }
        let mut others = Attributes::new(Place::Impl, syntax.attrs, errors);
        attributes.entries.append(&mut others.entries);
        let origin = attributes.runtime.or(others.runtime).unwrap_or_default();
        let runtime = RuntimePath::short();
        let mut methods = Vec::new();
        let mut items = Vec::new();
        for item in syntax.items {
            match item {
                ItemSyntax::Method(method) => methods.push(method),
                ItemSyntax::Other(other) => items.push(other),
            }
        }
        let stream_types = StreamType::take_all(&mut items);
        let streams = Streams::new(&stream_types, syntax.trait_path.as_ref());
        let methods: Vec<_> =
            methods.into_iter().map(|method| Method::new(&runtime, method, &streams)).collect();
        let is_used = |name: &Ident| {
            let mut used = methods.iter().filter_map(|method| method.rpc.as_ref()?.stream.as_ref());
            used.any(|stream| stream.name == *name)
        };
        let unused_streams = streams.names().filter(|name| !is_used(name)).cloned().collect();
        Self {
            attribute,
            origin,
            runtime,
            attrs: others.others.into_iter().filter(|attr| !is_async_trait(attr.path())).collect(),
            unsafety: syntax.unsafety,
            impl_token: syntax.impl_token,
            brace_token: syntax.brace_token,
            generics: syntax.generics,
            trait_path: syntax.trait_path,
            self_ty: syntax.self_ty,
            entries: attributes.entries,
            lacks_entries: attributes.lacks_entries || others.lacks_entries,
            wire_name: others.wire_name,
            has_default_stubs: others.has_default_stubs,
            taken: others.taken,
            unused_streams,
            methods,
            others: items,
        }
    }

    /// The chain of a method, outermost first.
    pub(super) fn chain<'a>(&'a self, method: &'a Method) -> impl Iterator<Item = &'a Entry> {
        let skipped = |entry: &&Entry| entry.name().is_none_or(|name| !method.skips.contains(name));
        self.entries.iter().filter(skipped).chain(&method.entries)
    }
}

impl Method {
    /// The return type, of which the first token is the arrow.
    pub(super) fn output_span(&self) -> Span {
        match &self.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => self.sig.ident.span(),
        }
    }

    /// The name on the wire: the method's, unless another one is given.
    pub(super) fn rpc_name(&self) -> LitStr {
        let ident = &self.sig.ident;
        let guess = || LitStr::new(&upper_camel_case(&ident.unraw().to_string()), ident.span());
        self.wire_name.clone().unwrap_or_else(guess)
    }

    /// The name of the message, which is the first parameter.
    pub(super) fn message_name(&self) -> Option<&Ident> {
        let mut params = self.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(param) => Some(&*param.pat),
            FnArg::Receiver(_) => None,
        });
        match params.next()? {
            Pat::Ident(pat) => Some(&pat.ident),
            _ => None,
        }
    }

    pub(super) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        self.attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
    }

    fn new(runtime: &RuntimePath, mut syntax: FnSyntax, streams: &Streams<'_>) -> Self {
        let mut errors = Errors::default();
        let attributes = Attributes::new(Place::Method, syntax.attrs, &mut errors);
        let (attrs, mut handler_attrs): (_, Vec<_>) =
            attributes.others.into_iter().partition(is_about_the_item);
        handler_attrs.iter_mut().for_each(|attr| name_span(attr, &syntax.sig.ident));
        if let Visibility::Public(public) = &syntax.vis {
            errors.error(public, "a method of a trait is as public as the trait; remove `pub`");
        }
        let desugared = desugared::is_desugared(&syntax.sig).then(|| {
            let sig = syntax.sig.clone();
            syntax.sig = desugared::undo(sig.clone());
            desugared_signature(sig, streams)
        });
        syntax.sig = streams.replace_in_signature(syntax.sig, &mut errors);
        syntax.body.tokens = streams.replace_in_body(syntax.body.tokens);
        let sources = extract::take_all(&mut syntax.sig, &mut errors);
        let (message, params) = message_and_params(&syntax.sig, sources, &mut errors);
        let mut rpc = Rpc::new(&syntax.sig, message, &mut errors);
        if let Some(rpc) = &mut rpc {
            let wire_name = attributes.wire_name.as_ref();
            rpc.stream =
                ReplyStream::new(runtime, &syntax.sig, wire_name, &rpc.reply.ty, streams, &mut errors);
            if let Some(stream) = &rpc.stream {
                rpc.reply.ty = stream.item.clone();
            }
        }
        Self {
            attrs,
            handler_attrs,
            desugared,
            params,
            rpc,
            sig: syntax.sig,
            body: syntax.body,
            entries: attributes.entries,
            lacks_entries: attributes.lacks_entries,
            skips: attributes.skips,
            wire_name: attributes.wire_name,
            taken: attributes.taken,
            errors,
        }
    }
}

/// The signature that async-trait has made, as that of the handler.
fn desugared_signature(mut sig: Signature, streams: &Streams<'_>) -> Signature {
    // Mistakes in it are reported once, of the signature that the user wrote.
    let mut errors = Errors::default();
    extract::take_all(&mut sig, &mut errors);
    streams.replace_in_signature(sig, &mut errors)
}

/// The type of the message, which is the first parameter, and the other parameters.
fn message_and_params<'a>(
    sig: &'a Signature,
    sources: Vec<(Option<Key>, bool)>,
    errors: &mut Errors,
) -> (Option<&'a Type>, Vec<Param>) {
    let mut params = sig.inputs.iter().zip(sources).filter_map(|(input, source)| match input {
        FnArg::Typed(param) => Some((param, source)),
        FnArg::Receiver(_) => None,
    });
    let mut message = params.next();
    if let Some((first, (Some(_), _))) = message {
        // Taken for the message from here on, so that it is this mistake alone.
        message = params.find(|(_, (key, _))| key.is_none());
        if message.is_some() {
            errors.error(&first.pat, "the message comes first; move this parameter after it");
        }
    }
    let message = message.map(|(param, _)| &*param.ty);
    let params = params.map(|(param, (key, is_extractor))| Param::new(param, key, is_extractor));
    (message, params.collect())
}
