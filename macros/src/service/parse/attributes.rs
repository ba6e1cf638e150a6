use proc_macro2::TokenStream;
use syn::{Attribute, Ident, LitStr, Meta, Path};

use crate::args::crate_path::CratePath;
use crate::args::each::{self, Each};
use crate::args::entries::Entries;
use crate::args::entry::Entry;
use crate::args::phase::take_phase;
use crate::args::require_metadata::RequireMetadata;
use crate::args::rpc::RpcArgs;
use crate::args::skip::Skip;
use crate::common::cfgs::Conditional;
use crate::common::errors::Errors;
use crate::common::macro_name::MacroName;
use crate::common::runtime_path::RuntimePath;

/// The attributes of an impl or a method. Ours are read, and the others are left as they are.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) runtime: Option<RuntimePath>,
    pub(crate) entries: Vec<Entry>,
    /// True if a list could not be read, so that names may be missing.
    pub(crate) has_unread_entries: bool,
    /// The names that each method must bind. Empty on a method.
    pub(crate) each: Vec<Each>,
    pub(crate) skips: Vec<Ident>,
    /// The wire name of the service on an impl, of the rpc on a method.
    pub(crate) wire_name: Option<LitStr>,
    pub(crate) has_default_stubs: bool,
    /// The methods that the impl leaves out.
    pub(crate) unimplemented: Vec<Ident>,
    pub(crate) others: Vec<Attribute>,
    /// The paths of our attribute macros. rustc does not expand these, because the macro of the impl consumes them.
    pub(crate) consumed: Vec<Path>,
}

/// The attributes of a method that the macro must see.
const OF_METHODS: [&str; 6] = ["cfg", "grpc_error", "interceptor", "require_metadata", "rpc", "skip"];

/// The kind of item that the attributes stand on.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Impl,
    Method,
}

impl Attributes {
    /// Reads the arguments of the macro above an impl, then the attributes below it.
    pub(crate) fn of_impl(
        macro_name: MacroName,
        args: TokenStream,
        attrs: Vec<Attribute>,
        errors: &mut Errors,
    ) -> Self {
        let mut this = Self::default();
        match macro_name {
            MacroName::Interceptor => this.add_entries(errors.ok(syn::parse2(args)), errors),
            MacroName::RequireMetadata => this.add_required(errors.ok(syn::parse2(args))),
            // The chain turns the errors of handlers into statuses anyway.
            MacroName::GrpcError => this.add_runtime(errors.ok(syn::parse2(args))),
        }
        let runtime = this.runtime.take();
        this.add_all(Target::Impl, attrs, errors);
        this.runtime = runtime.or(this.runtime);
        this
    }

    pub(crate) fn of_method(attrs: Vec<Attribute>, errors: &mut Errors) -> Self {
        let mut this = Self::default();
        this.add_all(Target::Method, attrs, errors);
        for each in std::mem::take(&mut this.each) {
            errors.error(&each.word, each::MISPLACED);
        }
        this
    }

    fn add_all(&mut self, target: Target, attrs: Vec<Attribute>, errors: &mut Errors) {
        for attr in attrs {
            let name = our_name(&attr);
            if let Some("interceptor" | "require_metadata" | "grpc_error") = name.as_deref() {
                self.consumed.push(attr.path().clone());
            }
            self.add(name.as_deref(), target, attr, errors);
        }
    }

    fn add(&mut self, name: Option<&str>, target: Target, attr: Attribute, errors: &mut Errors) {
        match name {
            // `#[interceptor]` without a list says nothing more.
            Some("interceptor" | "grpc_error") if matches!(attr.meta, Meta::Path(_)) => {}
            Some("grpc_error") => self.add_runtime(errors.ok(attr.parse_args())),
            Some("interceptor") => self.add_entries(errors.ok(attr.parse_args()), errors),
            Some("require_metadata") => self.add_required(errors.ok(attr.parse_args())),
            Some("skip") => self.add_skips(target, &attr, errors),
            Some("rpc") => self.add_rpc(target, &attr, errors),
            Some("cfg_attr") if target == Target::Method => self.add_conditional(attr, errors),
            _ => self.others.push(attr),
        }
    }

    fn add_entries(&mut self, args: Option<Entries>, errors: &mut Errors) {
        let Some(mut args) = args else {
            self.has_unread_entries = true;
            return;
        };
        let mut phase = None;
        errors.ok(take_phase(&mut args.entries, &mut phase));
        if let Some(phase) = phase {
            errors.error(phase, "a phase is not expected here; it belongs above an interceptor");
        }
        self.runtime = args.runtime.or(self.runtime.take());
        let before = self.entries.len();
        self.each.extend(args.each.into_iter().map(|each| Each { place: before + each.place, ..each }));
        self.entries.extend(args.entries);
    }

    fn add_required(&mut self, args: Option<RequireMetadata>) {
        let Some(mut args) = args else {
            self.has_unread_entries = true;
            return;
        };
        self.runtime = args.runtime.take().or(self.runtime.take());
        self.entries.extend(args.into_entries());
    }

    fn add_runtime(&mut self, args: Option<CratePath>) {
        self.runtime = args.and_then(|args| args.0).or(self.runtime.take());
    }

    /// Refuses a `#[cfg_attr]` of a method that has one of our attributes in it. Above an impl, rustc expands it.
    fn add_conditional(&mut self, attr: Attribute, errors: &mut Errors) {
        match Conditional::find(&attr, &OF_METHODS) {
            Some(conditional) => {
                self.has_unread_entries = true;
                errors.error(&conditional.attribute, conditional.message("method"));
            }
            None => self.others.push(attr),
        }
    }

    fn add_skips(&mut self, target: Target, attr: &Attribute, errors: &mut Errors) {
        if target == Target::Impl {
            errors.error(attr, "`#[skip]` is not expected here; it belongs on a method");
        } else if !matches!(attr.meta, Meta::List(_)) {
            errors.error(attr, "the name of an entry is missing; write `#[skip(name)]`");
        } else if let Some(Skip(names)) = errors.ok(attr.parse_args()) {
            self.skips.extend(names);
        }
    }

    fn add_rpc(&mut self, target: Target, attr: &Attribute, errors: &mut Errors) {
        if !matches!(attr.meta, Meta::List(_)) {
            errors.error(attr, "the name is missing; write `#[rpc(name = \"SayHello\")]`");
            return;
        }
        let parsed = match target {
            Target::Impl => attr.parse_args_with(RpcArgs::parse_on_impl),
            Target::Method => attr.parse_args_with(RpcArgs::parse_on_method),
        };
        let Some(args) = errors.ok(parsed) else { return };
        if args.name.is_some() && self.wire_name.is_some() {
            errors.error(attr, "the name is given twice; keep one");
        }
        self.wire_name = args.name.or(self.wire_name.take());
        self.has_default_stubs |= args.default_stubs;
        self.unimplemented.extend(args.unimplemented);
    }
}

/// Returns the name of an attribute that may be ours, written `#[name]` or `#[some_crate::name]`.
fn our_name(attr: &Attribute) -> Option<String> {
    let segments = &attr.path().segments;
    let last = segments.last()?.ident.to_string();
    match (segments.len(), last.as_str()) {
        (1, _) | (2, "interceptor" | "require_metadata" | "grpc_error") => Some(last),
        _ => None,
    }
}
