use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, Meta, Path};

use crate::args::crate_path::CratePath;
use crate::args::each;
use crate::args::entries::Entries;
use crate::args::entry::Entry;
use crate::args::parameter::ParameterAttributes;
use crate::args::phase::take_phase;
use crate::args::require_metadata::RequireMetadata;
use crate::common::errors::Errors;
use crate::common::macro_name::MacroName;
use crate::common::runtime_path::RuntimePath;
use crate::common::types::path_ends_in;
use crate::syntax::function::FnSyntax;

/// A function as it was written, with its attributes read.
#[derive(Default)]
pub(super) struct Attributes {
    runtime: Option<RuntimePath>,
    /// The list in front of the function.
    pub(super) entries: Vec<Entry>,
    /// The phase that the function states.
    pub(super) phase: Option<Ident>,
    /// The paths of our attributes below the one that is expanded.
    pub(super) consumed: Vec<Path>,
}

pub(super) struct FunctionSyntax {
    pub(super) runtime: RuntimePath,
    pub(super) attributes: Attributes,
    /// The function without our attributes.
    pub(super) item: FnSyntax,
    /// The attributes of each parameter.
    pub(super) parameters: Vec<ParameterAttributes>,
}

impl FunctionSyntax {
    pub(super) fn parse(
        macro_name: MacroName,
        args: TokenStream,
        mut item: FnSyntax,
        errors: &mut Errors,
    ) -> Self {
        let mut attributes = Attributes::default();
        match macro_name {
            MacroName::RequireMetadata => attributes.add_required(errors.ok(syn::parse2(args))),
            MacroName::Interceptor | MacroName::GrpcError => attributes.add_entries(args, errors),
        }
        attributes.take_all(&mut item.attrs, errors);
        let parameters = ParameterAttributes::take_all(&mut item.sig, errors);
        let runtime = attributes.runtime.clone().unwrap_or_default();
        Self { runtime, attributes, item, parameters }
    }
}

impl Attributes {
    /// Takes our attributes off the function. They follow each other from top to bottom.
    fn take_all(&mut self, attrs: &mut Vec<Attribute>, errors: &mut Errors) {
        for attr in attrs.extract_if(.., |attr| is_list(attr)) {
            self.consumed.push(attr.path().clone());
            if path_ends_in(attr.path(), "require_metadata") {
                self.add_required(errors.ok(attr.parse_args()));
            } else if let Meta::List(list) = attr.meta {
                self.add_entries(list.tokens, errors);
            }
        }
    }

    fn add_entries(&mut self, args: TokenStream, errors: &mut Errors) {
        let is_phase = |entry: &Entry| entry.name().is_some_and(|name| name == "phase");
        let is_misspelt_key = |entry: &Entry| {
            matches!(entry, Entry::Interceptor { expr: Expr::Lit(_), .. }) && !is_phase(entry)
        };
        let parsed = syn::parse2::<Entries>(args.clone());
        if parsed.as_ref().is_ok_and(|args| args.entries.iter().any(is_misspelt_key)) {
            // No literal is an interceptor. It is the value of a key that there is not.
            errors.ok(syn::parse2::<CratePath>(args));
            return;
        }
        let Some(mut args) = errors.ok(parsed) else { return };
        errors.ok(take_phase(&mut args.entries, &mut self.phase));
        self.runtime = args.runtime.or(self.runtime.take());
        self.entries.extend(args.entries);
        for each in &args.each {
            errors.error(&each.word, each::MISPLACED);
        }
    }

    fn add_required(&mut self, args: Option<RequireMetadata>) {
        let Some(mut args) = args else { return };
        self.runtime = args.runtime.take().or(self.runtime.take());
        self.entries.extend(args.into_entries());
    }
}

/// Returns true for `#[interceptor]` and `#[require_metadata]`.
fn is_list(attr: &Attribute) -> bool {
    let path = attr.path();
    path.segments.len() <= 2
        && ["interceptor", "require_metadata"].iter().any(|name| path_ends_in(path, name))
}
