use quote::ToTokens;
use syn::token::Brace;
use syn::{Attribute, Generics, Ident, ImplItem, LitStr, Path, PathArguments, Token, Type};

use super::method::Method;
use super::stream_types::{StreamType, StreamTypes};
use crate::args::each::Each;
use crate::args::entry::Entry;
use crate::common::lifetimes::lifetimes_outside_fn_pointers;
use crate::common::lints::without_expectation;
use crate::common::macro_name::MacroName;
use crate::common::runtime_path::RuntimePath;
use crate::common::tokens::has_ident;
use crate::common::types::{is_named, type_arguments};
use crate::service::parse::service::ServiceSyntax;
use crate::syntax::async_trait::is_async_trait;

/// An annotated impl.
pub(crate) struct Service {
    /// The attribute macro that stands above the impl.
    pub(crate) macro_name: MacroName,
    /// The path by which the user's crate knows the runtime.
    pub(crate) full_runtime: RuntimePath,
    /// The short name that the runtime has inside of the expansion's `const` block.
    pub(crate) runtime: RuntimePath,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) impl_token: Token![impl],
    pub(crate) brace_token: Brace,
    pub(crate) generics: Generics,
    /// None for an inherent impl, which is a mistake.
    pub(crate) trait_path: Option<Path>,
    pub(crate) self_ty: Type,
    /// The entries of the impl itself.
    pub(crate) entries: Vec<Entry>,
    /// The names that each method must bind.
    pub(crate) each: Vec<Each>,
    /// True if a list could not be read, so that names may be missing.
    pub(crate) has_unread_entries: bool,
    pub(crate) wire_name: Option<LitStr>,
    /// True if tonic-build made the trait with `generate_default_stubs`.
    pub(crate) has_default_stubs: bool,
    /// The methods that the impl leaves out, and says so.
    pub(crate) unimplemented: Vec<Ident>,
    /// The paths of our attributes on the impl.
    pub(crate) consumed: Vec<Path>,
    /// The associated types that look like streams and that no method returns.
    pub(crate) unused_streams: Vec<Ident>,
    pub(crate) methods: Vec<Method>,
    pub(crate) others: Vec<ImplItem>,
}

impl Service {
    pub(crate) fn new(syntax: &ServiceSyntax) -> Self {
        let attributes = &syntax.attributes;
        let runtime = RuntimePath::short();
        let mut others = syntax.others.clone();
        let stream_types = StreamType::take_all(&mut others);
        let streams = StreamTypes::new(&stream_types, syntax.trait_path.as_ref());
        let methods: Vec<_> =
            syntax.methods.iter().map(|method| Method::new(&runtime, method, &streams)).collect();
        let is_used = |name: &Ident| {
            let mut used = methods.iter().filter_map(|method| method.rpc.as_ref()?.stream.as_ref());
            used.any(|stream| stream.name == *name)
        };
        // A method whose types are not known may return any of the streams.
        let are_known = methods.iter().all(|method| method.rpc.is_some());
        let unused_streams = streams.names().filter(|name| are_known && !is_used(name)).cloned().collect();
        let attrs = attributes.others.iter().filter(|attr| !is_async_trait(attr.path()));
        Self {
            macro_name: syntax.macro_name,
            full_runtime: attributes.runtime.clone().unwrap_or_default(),
            runtime,
            attrs: attrs.cloned().map(without_expectation).collect(),
            unsafety: syntax.unsafety,
            impl_token: syntax.impl_token,
            brace_token: syntax.brace_token,
            generics: syntax.generics.clone(),
            trait_path: syntax.trait_path.clone(),
            self_ty: syntax.self_ty.clone(),
            entries: attributes.entries.clone(),
            each: attributes.each.clone(),
            has_unread_entries: attributes.has_unread_entries,
            wire_name: attributes.wire_name.clone(),
            has_default_stubs: attributes.has_default_stubs,
            unimplemented: attributes.unimplemented.clone(),
            consumed: attributes.consumed.clone(),
            unused_streams,
            methods,
            others,
        }
    }

    /// Returns true if the type is a parameter of the impl.
    pub(crate) fn is_of_type_parameter(&self) -> bool {
        match &self.self_ty {
            Type::Path(path) => self.generics.type_params().any(|param| path.path.is_ident(&param.ident)),
            _ => false,
        }
    }

    /// Returns true if the type has no name, as a tuple has none.
    pub(crate) fn is_of_type_without_name(&self) -> bool {
        matches!(self.self_ty, Type::Array(_) | Type::FnPtr(_) | Type::Slice(_) | Type::Tuple(_))
    }

    /// Returns true if a lifetime is part of the type, written or not, and is not a parameter of the impl. It is `'static`.
    pub(crate) fn has_static_lifetime(&self) -> bool {
        if self.generics.lifetimes().next().is_some() {
            return false;
        }
        let tokens = self.self_ty.to_token_stream();
        has_ident(tokens, "dyn") || !lifetimes_outside_fn_pointers(&self.self_ty).is_empty()
    }

    /// Returns true if the type is a reference or a pointer of the standard library, such as `Arc<MyGreeter>`, or may be an
    /// alias of one, such as `Shared<MyGreeter>`.
    pub(crate) fn may_be_of_foreign_type(&self) -> bool {
        let may_be_alias = self.generics.params.is_empty()
            && type_arguments(&self.self_ty).is_some_and(|arguments| arguments.len() == 1);
        matches!(self.self_ty, Type::Reference(_))
            || self.is_of_type_without_name()
            || may_be_alias
            || ["Arc", "Box", "Rc"].iter().any(|name| is_named(&self.self_ty, name))
    }

    /// Returns the `<T>` of `impl Greeter<T> for MyGreeter`.
    pub(crate) fn trait_arguments(&self) -> Option<&PathArguments> {
        let last = self.trait_path.as_ref()?.segments.last()?;
        (!last.arguments.is_none()).then_some(&last.arguments)
    }
}
