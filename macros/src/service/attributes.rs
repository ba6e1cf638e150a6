use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, LitStr, Meta, Path};

use crate::args::{CrateOnly, Entries, Entry, RequireMetadata, Rpc, Skip};
use crate::errors::Errors;
use crate::runtime_path::RuntimePath;

/// The attributes of an impl or a method: ours understood, the others kept.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) runtime: Option<RuntimePath>,
    pub(super) entries: Vec<Entry>,
    /// Whether some could not be read: names may be missing.
    pub(super) lacks_entries: bool,
    pub(super) skips: Vec<Ident>,
    /// The wire name: of the service on an impl, of the rpc on a method.
    pub(super) wire_name: Option<LitStr>,
    pub(super) has_default_stubs: bool,
    pub(super) others: Vec<Attribute>,
    /// The paths of those that are attribute macros, had they not been taken by another one.
    pub(super) taken: Vec<Path>,
}

/// What the attributes stand on.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Impl,
    Method,
}

impl Attributes {
    pub(super) fn new(place: Place, attrs: Vec<Attribute>, errors: &mut Errors) -> Self {
        let mut this = Self::default();
        for attr in attrs {
            this.add(place, attr, errors);
        }
        this
    }

    /// The entries of an attribute, or none if it could not be read.
    pub(super) fn add_entries(&mut self, args: Option<Entries>) {
        let Some(args) = args else {
            self.lacks_entries = true;
            return;
        };
        self.runtime = args.runtime.or(self.runtime.take());
        self.entries.extend(args.entries);
    }

    pub(super) fn add_required(&mut self, args: Option<RequireMetadata>) {
        let Some(mut args) = args else {
            self.lacks_entries = true;
            return;
        };
        self.runtime = args.runtime.take().or(self.runtime.take());
        self.entries.extend(args.into_entries());
    }

    pub(super) fn add_runtime(&mut self, args: Option<CrateOnly>) {
        self.runtime = args.and_then(|args| args.0).or(self.runtime.take());
    }

    fn add(&mut self, place: Place, attr: Attribute, errors: &mut Errors) {
        let name = our_name(&attr);
        if let Some("interceptor" | "require_metadata" | "grpc_error") = name.as_deref() {
            self.taken.push(attr.path().clone());
        }
        match name.as_deref() {
            // `#[interceptor]` without a list.
            Some("interceptor" | "grpc_error") if matches!(attr.meta, Meta::Path(_)) => {}
            Some("grpc_error") => {
                let args = errors.ok(attr.parse_args());
                self.add_runtime(args);
            }
            Some("interceptor") => {
                let args = errors.ok(attr.parse_args());
                self.add_entries(args);
            }
            Some("require_metadata") => {
                let args = errors.ok(attr.parse_args());
                self.add_required(args);
            }
            Some("skip") if place == Place::Impl => {
                errors.error(attr, "`#[skip]` is not expected here; it belongs on a method");
            }
            Some("skip") if !matches!(attr.meta, Meta::List(_)) => {
                errors.error(attr, "no entry is named; write `#[skip(name)]`");
            }
            Some("skip") => {
                if let Some(Skip(names)) = errors.ok(attr.parse_args()) {
                    self.skips.extend(names);
                }
            }
            Some("rpc") if !matches!(attr.meta, Meta::List(_)) => {
                errors.error(attr, "nothing is named; write `#[rpc(name = \"SayHello\")]`");
            }
            Some("rpc") => {
                let key = if place == Place::Impl { "service" } else { "name" };
                if let Some(rpc) = errors.ok(attr.parse_args_with(Rpc::parse(key, place == Place::Impl))) {
                    if rpc.name.is_some() && self.wire_name.is_some() {
                        errors.error(&attr, "the name is given twice; keep one");
                    }
                    self.wire_name = rpc.name.or(self.wire_name.take());
                    self.has_default_stubs |= rpc.default_stubs;
                }
            }
            _ => self.others.push(attr),
        }
    }
}

/// The name of an attribute that could be ours, written `#[name]` or `#[some_crate::name]`.
fn our_name(attr: &Attribute) -> Option<String> {
    let segments = &attr.path().segments;
    let last = segments.last()?.ident.to_string();
    match (segments.len(), last.as_str()) {
        (1, _) | (2, "interceptor" | "require_metadata" | "grpc_error") => Some(last),
        _ => None,
    }
}

/// Whether it is `#[async_trait]`, of tonic or of the crate of that name.
pub(super) fn is_async_trait(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "async_trait")
}

/// Whether it belongs to the method that others see, rather than to the code the user wrote.
pub(super) fn is_about_the_item(attr: &Attribute) -> bool {
    ["cfg", "doc", "deprecated"].iter().any(|name| attr.path().is_ident(name))
}

/// Has `#[tracing::instrument]` call its span as the method is called, not the function we make of
/// its body.
pub(super) fn name_span(attr: &mut Attribute, method: &Ident) {
    if attr.path().segments.last().is_none_or(|last| last.ident != "instrument") {
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
