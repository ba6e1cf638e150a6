use syn::{Attribute, FnArg, Generics, Signature, Type, TypeParamBound};

use super::lifetimes;
use crate::errors::Errors;
use crate::item::FnSyntax;
use crate::key::Key;
use crate::result_type::{ResultType, is_call};
use crate::runtime_path::RuntimePath;

/// An `async fn` that is to be an interceptor.
pub(super) struct Function {
    pub(super) runtime: RuntimePath,
    /// Docs and the like, for the function that others call.
    pub(super) attrs: Vec<Attribute>,
    /// The function as the user wrote it, without what belongs to the outer one.
    pub(super) inner: FnSyntax,
    pub(super) vis: syn::Visibility,
    /// The generics of the outer function: every lifetime has a name.
    pub(super) generics: Generics,
    pub(super) params: Vec<Param>,
    pub(super) provides: Type,
    /// Not written in an alias such as `tonic::Result<T>`.
    pub(super) error: Option<Type>,
}

/// Where a parameter gets its value.
pub(super) enum Param {
    /// From the call that constructs the interceptor: the list of the chain.
    Plain(Type),
    Metadata(Key, Type),
    Call,
    Rest,
}

impl Function {
    /// The model, if there is one, and the function as it stands in for a wrong one.
    pub(super) fn new(
        runtime: RuntimePath,
        mut syntax: FnSyntax,
        errors: &mut Errors,
    ) -> (Option<Self>, FnSyntax) {
        let metadata: Vec<_> =
            syntax.sig.inputs.iter_mut().map(|input| take_metadata(input, errors)).collect();
        let name = &syntax.sig.ident;
        if syntax.sig.asyncness.is_none() {
            errors
                .error(syntax.sig.fn_token, format!("interceptor `{name}` must be async; write `async fn`"));
        }
        let mut generics = syntax.sig.generics.clone();
        let params = params(&syntax.sig, metadata, &mut generics, errors);
        let result = result(&syntax.sig, errors);
        let wraps = params.iter().any(|param| matches!(param, Param::Rest));
        if let Some((provides, _)) = result.as_ref().filter(|_| wraps) {
            if !is_unit(provides) {
                let message =
                    "an interceptor with `rest` provides nothing; return `Result<(), <error type>>`";
                errors.error(provides, message);
            }
        }
        let stripped = syntax.clone();
        let function = result.map(|(provides, error)| {
            let (attrs, inner_attrs) = syntax.attrs.into_iter().partition(is_for_callers);
            let vis = std::mem::replace(&mut syntax.vis, syn::Visibility::Inherited);
            let inner = FnSyntax { attrs: inner_attrs, ..syntax };
            Self { runtime, attrs, inner, vis, generics, params, provides, error }
        });
        (function, stripped)
    }

    /// Whether it is written with `rest`.
    pub(super) fn wraps(&self) -> bool {
        self.params.iter().any(|param| matches!(param, Param::Rest))
    }
}

fn params(
    sig: &Signature,
    metadata: Vec<Option<Key>>,
    generics: &mut Generics,
    errors: &mut Errors,
) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for (input, key) in sig.inputs.iter().zip(metadata) {
        let FnArg::Typed(input) = input else { continue };
        let ty = &*input.ty;
        let param = match key {
            Some(key) => Param::Metadata(key, ty.clone()),
            None if is_call(ty) => Param::Call,
            None if is_rest(ty) => {
                if params.iter().any(|param| matches!(param, Param::Rest)) {
                    errors.error(ty, "`rest` is given twice; a call has one rest");
                }
                Param::Rest
            }
            None => Param::Plain(lifetimes::name_all(ty.clone(), generics)),
        };
        params.push(param);
    }
    params
}

/// What the function provides, and its error.
fn result(sig: &Signature, errors: &mut Errors) -> Option<(Type, Option<Type>)> {
    let name = &sig.ident;
    let Some(output) = ResultType::new(&sig.output) else {
        let message = format!("interceptor `{name}` must return `Result<<what it provides>, <error type>>`");
        match &sig.output {
            syn::ReturnType::Default => errors.error(name, message),
            syn::ReturnType::Type(_, ty) => errors.error(ty, message),
        }
        return None;
    };
    if let Some(lifetime) = lifetimes::first_elided(output.ok) {
        let message =
            "what an interceptor provides needs named lifetimes; write `&'a T` here and in the parameter";
        errors.push(syn::Error::new(lifetime, message));
    }
    Some((output.ok.clone(), output.error.cloned()))
}

/// Takes `#[metadata("key")]` off a parameter.
pub(crate) fn take_metadata(input: &mut FnArg, errors: &mut Errors) -> Option<Key> {
    let attrs = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(param) => &mut param.attrs,
    };
    let mut key = None;
    attrs.retain(|attr| {
        if attr.path().is_ident("cfg") {
            errors.error(attr, "`#[cfg]` is not expected here; it belongs on the whole function");
            return false;
        }
        if !attr.path().is_ident("metadata") {
            return true;
        }
        match attr.parse_args() {
            Ok(parsed) => key = Some(parsed),
            Err(_) if attr.meta.require_list().is_err() => {
                errors.error(attr, "no key is named; write `#[metadata(\"key\")]`");
            }
            Err(error) => errors.push(error),
        }
        false
    });
    key
}

fn is_for_callers(attr: &Attribute) -> bool {
    ["cfg", "deprecated", "doc", "must_use"].iter().any(|name| attr.path().is_ident(name))
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Whether it is `impl Rest`.
fn is_rest(ty: &Type) -> bool {
    let Type::ImplTrait(ty) = ty else { return false };
    ty.bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == "Rest"),
        _ => false,
    })
}
