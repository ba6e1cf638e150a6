use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Generics, Ident, Lifetime, Pat, PatIdent, PatType, Signature, Type, TypeParamBound,
    Visibility,
};

use super::lifetimes;
use crate::errors::Errors;
use crate::item::FnSyntax;
use crate::key::Key;
use crate::names::{has_ident, mixed};
use crate::result_type::{ResultType, is_call, is_named, peel};
use crate::runtime_path::RuntimePath;

/// An `async fn` that is to be an interceptor.
pub(super) struct Function {
    pub(super) runtime: RuntimePath,
    /// Docs and the like, for the function that others call.
    pub(super) attrs: Vec<Attribute>,
    /// The function as the user wrote it, without what belongs to the outer one.
    pub(super) inner: FnSyntax,
    pub(super) vis: Visibility,
    /// The generics of the outer function: every lifetime has a name.
    pub(super) generics: Generics,
    pub(super) params: Vec<Param>,
    /// A guess, if the function returns something that is no `Result`.
    pub(super) provides: Type,
    /// Not written in an alias such as `tonic::Result<T>`.
    pub(super) error: Option<Type>,
    /// Whether the types in the signature mean something outside of it.
    pub(super) has_sound_types: bool,
}

/// Where a parameter gets its value.
pub(super) enum Param {
    Plain(Plain),
    Metadata(Key, Type),
    Call,
    Rest,
}

/// A parameter whose value is given where the interceptor is listed.
pub(super) struct Plain {
    pub(super) name: Ident,
    pub(super) ty: Type,
}

impl Function {
    pub(super) fn new(runtime: RuntimePath, mut syntax: FnSyntax, errors: &mut Errors) -> Self {
        let inputs = syntax.sig.inputs.iter_mut();
        let keys: Vec<_> = inputs.map(|input| Key::take_from(input, errors)).collect();
        let name = &syntax.sig.ident;
        if syntax.sig.asyncness.is_none() {
            errors
                .error(syntax.sig.fn_token, format!("interceptor `{name}` must be async; write `async fn`"));
        }
        let mut generics = syntax.sig.generics.clone();
        let params = params(&syntax.sig, keys, &mut generics, errors);
        let wraps = params.iter().any(|param| matches!(param, Param::Rest));
        rest_is_used(&syntax, errors);
        let output = output(&syntax.sig, wraps, errors);
        let is_result = output.is_some();
        let (mut provides, error) = output.unwrap_or_else(|| (guess(&syntax.sig), None));
        let has_sound_types = is_result && resolve_elided(&mut provides, &params, &generics, errors);
        let (attrs, inner_attrs) = syntax.attrs.into_iter().partition(is_for_callers);
        let vis = std::mem::replace(&mut syntax.vis, Visibility::Inherited);
        let inner = FnSyntax { attrs: inner_attrs, ..syntax };
        Self { runtime, attrs, inner, vis, generics, params, provides, error, has_sound_types }
    }

    pub(super) fn output_span(&self) -> Span {
        match &self.inner.sig.output {
            syn::ReturnType::Type(_, ty) => ty.span(),
            syn::ReturnType::Default => self.inner.sig.ident.span(),
        }
    }

    /// Whether it is written with `rest`.
    pub(super) fn wraps(&self) -> bool {
        self.params.iter().any(|param| matches!(param, Param::Rest))
    }

    /// The parameters of the function that others call.
    pub(super) fn plain(&self) -> impl Iterator<Item = &Plain> {
        self.params.iter().filter_map(|param| match param {
            Param::Plain(plain) => Some(plain),
            _ => None,
        })
    }
}

fn params(
    sig: &Signature,
    keys: Vec<Option<Key>>,
    generics: &mut Generics,
    errors: &mut Errors,
) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for (input, key) in sig.inputs.iter().zip(keys) {
        let FnArg::Typed(input) = input else { continue };
        let ty = &*input.ty;
        let param = match key {
            Some(key) => Param::Metadata(key, ty.clone()),
            None if is_call(ty) => Param::Call,
            None if is_rest(ty) => {
                if params.iter().any(|param| matches!(param, Param::Rest)) {
                    errors.error(ty, "`rest` is given twice; keep one");
                }
                Param::Rest
            }
            None => {
                if let Some(message) = mistaken_type(ty, generics) {
                    errors.error(ty, message);
                }
                let argument = format!("argument{}", params.len());
                let (name, called) = match &*input.pat {
                    // The name the user wrote, for rustdoc and editors.
                    Pat::Ident(pat) => (pat.ident.clone(), pat.ident.unraw().to_string()),
                    _ => (mixed(&argument), argument),
                };
                let ty = lifetimes::name_all(&called, ty.clone(), generics);
                Param::Plain(Plain { name, ty })
            }
        };
        params.push(param);
    }
    params
}

/// rustc would advise to call it `_rest`, and no call would arrive. Who does call it that knows.
fn rest_is_used(function: &FnSyntax, errors: &mut Errors) {
    for input in &function.sig.inputs {
        let FnArg::Typed(PatType { pat, ty, .. }) = input else { continue };
        let Pat::Ident(PatIdent { ident, .. }) = &**pat else { continue };
        let is_meant = !ident.to_string().starts_with('_');
        if is_rest(ty) && is_meant && !has_ident(function.body.tokens.clone(), &ident.unraw().to_string()) {
            let message = format!(
                "`{ident}` is never awaited, so no call would reach its handler; write `{ident}.await`, or leave it out to run before the call alone"
            );
            errors.error(pat, message);
        }
    }
}

/// What a function that returns no `Result` was meant to provide.
fn guess(sig: &Signature) -> Type {
    let mut provides = match &sig.output {
        syn::ReturnType::Type(_, ty) if !matches!(**ty, Type::ImplTrait(_)) => (**ty).clone(),
        _ => syn::parse_quote!(()),
    };
    lifetimes::replace_elided(&mut provides, &Lifetime::new("'static", Span::call_site()));
    provides
}

/// What the function provides, and its error.
fn output(sig: &Signature, wraps: bool, errors: &mut Errors) -> Option<(Type, Option<Type>)> {
    let name = &sig.ident;
    let Some(output) = ResultType::new(&sig.output) else {
        let message = format!("interceptor `{name}` must return a `Result`, such as `Result<(), Status>`");
        match &sig.output {
            syn::ReturnType::Default => errors.error(name, message),
            syn::ReturnType::Type(_, ty) => errors.error(ty, message),
        }
        return None;
    };
    if wraps && !is_unit(output.ok) {
        let message = "an interceptor with `rest` provides nothing; return `Result<(), Status>`";
        errors.error(output.ok, message);
    }
    Some((output.ok.clone(), output.error.cloned()))
}

/// Elision, as in any function: if the parameters have one lifetime, it is meant. One that is
/// borrowed from the call has no name, and can't be provided.
fn resolve_elided(provides: &mut Type, params: &[Param], generics: &Generics, errors: &mut Errors) -> bool {
    let Some(elided) = lifetimes::first_elided(provides) else { return true };
    let mut lifetimes = generics.lifetimes();
    let borrows_from_call = params.iter().any(|param| match param {
        Param::Metadata(_, ty) => lifetimes::first_elided(ty).is_some(),
        Param::Call => true,
        Param::Plain(_) | Param::Rest => false,
    });
    let (first, second) = (lifetimes.next(), lifetimes.next());
    if let (Some(only), None, false) = (first, second, borrows_from_call) {
        lifetimes::replace_elided(provides, &only.lifetime);
        return true;
    }
    let message = if first.is_none() {
        "what is provided can't borrow from the call; provide an owned value"
    } else {
        "a provided reference needs the lifetime of a plain parameter; write `&'a T` in both places"
    };
    errors.push(syn::Error::new(elided, message));
    // For those who use it, as far as there is a type.
    lifetimes::replace_elided(provides, &Lifetime::new("'static", elided));
    false
}

fn is_for_callers(attr: &Attribute) -> bool {
    ["cfg", "deprecated", "doc", "must_use"].iter().any(|name| attr.path().is_ident(name))
}

fn is_unit(ty: &Type) -> bool {
    matches!(peel(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Whether it is `impl Rest`.
fn is_rest(ty: &Type) -> bool {
    matches!(ty, Type::ImplTrait(ty) if has_bound(&ty.bounds, "Rest"))
}

/// What a plain parameter would be taken for that is certainly meant otherwise.
fn mistaken_type(ty: &Type, generics: &Generics) -> Option<&'static str> {
    let is_future = match ty {
        Type::ImplTrait(ty) => has_bound(&ty.bounds, "Future"),
        Type::Path(path) => generics.type_params().any(|param| {
            path.path.is_ident(&param.ident)
                && (has_bound(&param.bounds, "Future") || has_bound(&param.bounds, "Rest"))
        }),
        _ => false,
    };
    if is_future {
        Some("the rest of a call is written `rest: impl Rest`")
    } else if is_named(ty, "Call") {
        Some("the call is taken by reference; write `call: &Call`")
    } else {
        None
    }
}

fn has_bound<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>, name: &str) -> bool {
    bounds.into_iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == name),
        _ => false,
    })
}
