use proc_macro2::Span;
use syn::{Attribute, FnArg, Generics, Ident, Lifetime, Pat, ReturnType, Signature, Type, Visibility};

use super::lifetimes;
use super::param::{Param, Plain, request};
use crate::args::entry::Entry;
use crate::chain::use_of;
use crate::common::result_type::ResultType;
use crate::common::runtime_path::RuntimePath;
use crate::common::types::inner_type;
use crate::function::parse::FunctionSyntax;
use crate::syntax::function::FnSyntax;

/// An `async fn` that becomes an interceptor.
pub(crate) struct Function {
    pub(crate) runtime: RuntimePath,
    /// Attributes such as docs, which belong to the function that others call.
    pub(crate) attrs: Vec<Attribute>,
    /// The user's function without the attributes and the visibility of the outer one.
    pub(crate) inner: FnSyntax,
    pub(crate) vis: Visibility,
    /// The generics of the outer function, in which every lifetime has a name.
    pub(crate) generics: Generics,
    /// The list in front of the function.
    pub(crate) entries: Vec<Entry>,
    /// The phase that the function states.
    pub(crate) phase: Option<Ident>,
    pub(crate) params: Vec<Param>,
    /// The type for success. It is an assumption if the function returns no `Result`.
    pub(crate) provides: Type,
    /// None if the return type is an alias such as `tonic::Result<T>`.
    pub(crate) error: Option<Type>,
    pub(crate) elision: Elision,
}

/// The place of the function's code in a call.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// It runs before the rest of the call, and returns what it provides.
    Start,
    /// It wraps the rest of the call.
    Around,
    /// It wraps the rest of the call, and gives it what it provides.
    Providing,
}

/// The result of resolving the lifetimes that the return type elides.
pub(crate) enum Elision {
    /// There are none, or all have the one lifetime of the plain parameters.
    Resolved,
    /// The type borrows from the call, whose lifetime has no name.
    BorrowsFromCall(Span),
    /// Several parameters could be borrowed from.
    Ambiguous(Span),
    /// The return type is a mistake itself.
    NotTried,
}

impl Function {
    pub(crate) fn new(syntax: &FunctionSyntax) -> Self {
        let sig = &syntax.item.sig;
        let mut generics = sig.generics.clone();
        let params = params(syntax, &mut generics);
        let result = ResultType::from_output(&sig.output).filter(|_| request(sig).is_none());
        let (mut provides, error) = match &result {
            Some(result) => (result.ok.clone(), result.error.cloned()),
            None => (assumed_provides(sig), None),
        };
        if let Some(provided) = params.iter().find_map(Param::provided) {
            // A value that borrows is a mistake. The callers of the function need a type all the same.
            provides = provided.clone();
            lifetimes::replace_elided(&mut provides, &Lifetime::new("'static", Span::call_site()));
        }
        let elision = match &result {
            Some(_) => resolve_elided(&mut provides, &params, &generics),
            None if elides_lifetime(&sig.output) => Elision::NotTried,
            None => Elision::Resolved,
        };
        let (attrs, inner_attrs) = syntax.item.attrs.iter().cloned().partition(is_for_callers);
        let mut inner = FnSyntax { attrs: inner_attrs, vis: Visibility::Inherited, ..syntax.item.clone() };
        // A missing `async` is one mistake; each `.await` would be another.
        inner.sig.asyncness.get_or_insert_default();
        allow_unused(&mut inner.sig, &syntax.attributes.entries);
        let vis = syntax.item.vis.clone();
        Self {
            runtime: syntax.runtime.clone(),
            attrs,
            inner,
            vis,
            generics,
            entries: syntax.attributes.entries.clone(),
            phase: syntax.attributes.phase.clone(),
            params,
            provides,
            error,
            elision,
        }
    }

    /// Returns the place of the function's code in a call, as the parameter `rest` tells.
    pub(crate) fn kind(&self) -> Kind {
        let mut kinds = self.params.iter().filter_map(|param| match param {
            Param::Rest => Some(Kind::Around),
            Param::RestWith(_) => Some(Kind::Providing),
            _ => None,
        });
        kinds.next_back().unwrap_or(Kind::Start)
    }

    /// Returns true if the value for `rest` elides a lifetime, which is a mistake.
    pub(crate) fn borrows_for_rest(&self) -> bool {
        self.params.iter().filter_map(Param::provided).any(|ty| lifetimes::first_elided(ty).is_some())
    }

    /// Returns true if the interceptor does nothing after its start.
    pub(crate) fn starts_only(&self) -> bool {
        self.kind() == Kind::Start && !self.encloses()
    }

    /// Returns true if the interceptor starts in its level.
    pub(crate) fn encloses(&self) -> bool {
        !self.entries.is_empty() || self.kind() == Kind::Providing
    }

    /// Returns the parameters of the function that others call.
    pub(crate) fn plain(&self) -> impl Iterator<Item = &Plain> {
        self.params.iter().filter_map(|param| match param {
            Param::Plain(plain) => Some(plain),
            _ => None,
        })
    }
}

/// Silences rustc about parameters that only the list in front of the function uses.
fn allow_unused(sig: &mut Signature, entries: &[Entry]) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input
            && let Pat::Ident(pat) = &*param.pat
            && entries.iter().any(|entry| use_of(entry, &pat.ident).is_some())
        {
            param.attrs.push(syn::parse_quote!(#[allow(unused_variables)]));
        }
    }
}

fn params(syntax: &FunctionSyntax, generics: &mut Generics) -> Vec<Param> {
    let sig = &syntax.item.sig;
    let inputs = sig.inputs.iter().zip(&syntax.parameters).filter_map(|(input, attributes)| match input {
        FnArg::Typed(input) => Some((input, attributes)),
        FnArg::Receiver(_) => None,
    });
    let params = inputs.enumerate();
    let params = params.map(|(index, (input, attributes))| {
        Param::new(input, index, attributes, sig, generics, &syntax.attributes.entries)
    });
    params.collect()
}

/// Returns what a function that returns no `Result` most likely provides.
fn assumed_provides(sig: &Signature) -> Type {
    let mut provides = match &sig.output {
        // An interceptor of tonic's provides nothing.
        _ if request(sig).is_some() => syn::parse_quote!(()),
        ReturnType::Type(_, ty) if !matches!(**ty, Type::ImplTrait(_)) => {
            inner_type(ty, "Option").unwrap_or(ty).clone()
        }
        _ => syn::parse_quote!(()),
    };
    lifetimes::replace_elided(&mut provides, &Lifetime::new("'static", Span::call_site()));
    provides
}

/// Returns true if the return type elides a lifetime.
fn elides_lifetime(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, ty) if lifetimes::first_elided(ty).is_some())
}

/// Resolves elided lifetimes as Rust does for any function: if the parameters have exactly one lifetime, that is the one.
/// A lifetime that is borrowed from the call has no name, and nothing with that lifetime can be provided.
fn resolve_elided(provides: &mut Type, params: &[Param], generics: &Generics) -> Elision {
    let Some(elided) = lifetimes::first_elided(provides) else { return Elision::Resolved };
    let mut lifetimes = generics.lifetimes();
    let borrows_from_call = params.iter().any(|param| match param {
        Param::Metadata(_, ty) | Param::Extractor(ty) => lifetimes::first_elided(ty).is_some(),
        Param::Call | Param::Bound(_) | Param::RestWith(_) => true,
        Param::Plain(_) | Param::Rest => false,
    });
    let (first, second) = (lifetimes.next(), lifetimes.next());
    if let (Some(only), None, false) = (first, second, borrows_from_call) {
        lifetimes::replace_elided(provides, &only.lifetime);
        return Elision::Resolved;
    }
    // The callers of the function need a type all the same.
    lifetimes::replace_elided(provides, &Lifetime::new("'static", elided));
    if first.is_none() { Elision::BorrowsFromCall(elided) } else { Elision::Ambiguous(elided) }
}

/// Returns true for an attribute that belongs to the function which others call.
fn is_for_callers(attr: &Attribute) -> bool {
    ["cfg", "deprecated", "doc", "must_use"].iter().any(|name| attr.path().is_ident(name))
}
