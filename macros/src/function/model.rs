use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Generics, Ident, Lifetime, Pat, PatIdent, PatType, Signature, Type, TypeParamBound,
    Visibility,
};

use super::lifetimes;
use crate::errors::Errors;
use crate::extract;
use crate::item::FnSyntax;
use crate::key::Key;
use crate::names::{has_ident, mixed};
use crate::result_type::{CALL_IS_SHARED, ResultType, is_call, is_mutable, is_named, peel, shown, unwrapped};
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
    /// False if the return type elides a lifetime, and it can't be told which one is meant.
    pub(super) has_sound_types: bool,
}

/// Where a parameter gets its value.
pub(super) enum Param {
    Plain(Plain),
    Metadata(Key, Type),
    Extractor(Type),
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
        let sources = extract::take_all(&mut syntax.sig, errors);
        let name = &syntax.sig.ident;
        let is_of_tonic = takes_a_request(&syntax.sig, errors);
        if syntax.sig.asyncness.is_none() && !is_of_tonic {
            errors
                .error(syntax.sig.fn_token, format!("interceptor `{name}` must be async; write `async fn`"));
        }
        let mut generics = syntax.sig.generics.clone();
        let params = params(&syntax.sig, sources, &mut generics, errors);
        let wraps = params.iter().any(|param| matches!(param, Param::Rest));
        rest_is_used(&syntax, errors);
        let output = if is_of_tonic { None } else { output(&syntax.sig, wraps, errors) };
        let is_result = output.is_some();
        let (mut provides, error) = output.unwrap_or_else(|| (guess(&syntax.sig), None));
        let has_sound_types = if is_result {
            resolve_elided(&mut provides, &params, &generics, errors)
        } else {
            !has_elided(&syntax.sig.output)
        };
        let (attrs, inner_attrs) = syntax.attrs.into_iter().partition(is_for_callers);
        let vis = std::mem::replace(&mut syntax.vis, Visibility::Inherited);
        let mut inner = FnSyntax { attrs: inner_attrs, ..syntax };
        // That it is missing is one mistake; each `.await` would be another.
        inner.sig.asyncness.get_or_insert_default();
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
    sources: Vec<(Option<Key>, bool)>,
    generics: &mut Generics,
    errors: &mut Errors,
) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for (input, (key, is_extractor)) in sig.inputs.iter().zip(sources) {
        let FnArg::Typed(input) = input else { continue };
        let referred = referred_extractor(&input.ty).filter(|_| key.is_none());
        if let Some(extractor) = referred {
            let message = format!("an extractor is taken by value; write `{}`", shown(extractor));
            errors.error(&input.ty, message);
        }
        let ty = referred.unwrap_or(&input.ty);
        let param = match key {
            Some(key) => Param::Metadata(key, ty.clone()),
            None if is_extractor || extract::is_ready_made(ty) => Param::Extractor(ty.clone()),
            None if is_call(ty) => {
                if is_mutable(ty) {
                    errors.error(ty, CALL_IS_SHARED);
                }
                Param::Call
            }
            // Neither is given where the function is listed: in the fallback, there is no such parameter.
            None if is_request(ty) => Param::Call,
            None if is_message(input, errors) => Param::Call,
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
                Param::Plain(plain(input, params.len(), sig, generics))
            }
        };
        params.push(param);
    }
    params
}

fn plain(input: &PatType, index: usize, sig: &Signature, generics: &mut Generics) -> Plain {
    let argument = format!("argument{index}");
    let (name, called) = match &*input.pat {
        // The name the user wrote, for rustdoc and editors.
        Pat::Ident(pat) => (pat.ident.clone(), pat.ident.unraw().to_string()),
        _ => (mixed(&argument), argument),
    };
    let ty = lifetimes::name_all(&called, (*input.ty).clone(), generics, &sig.to_token_stream());
    Plain { name, ty }
}

/// The extractor that a parameter refers to.
fn referred_extractor(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(reference) if extract::is_ready_made(&reference.elem) => Some(&reference.elem),
        _ => None,
    }
}

/// Reports an interceptor in the form of tonic's, which takes a request without its message, and hands it on.
fn takes_a_request(sig: &Signature, errors: &mut Errors) -> bool {
    let mut types = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(&*input.ty),
        FnArg::Receiver(_) => None,
    });
    let Some(request) = types.find(|ty| is_request(ty)) else { return false };
    let name = &sig.ident;
    let message = format!(
        "an interceptor takes the call, and hands no request on; write `async fn {name}(call: &Call) -> Result<(), Status>`, with `call.metadata()`"
    );
    errors.error(request, message);
    true
}

/// Returns true for tonic's `Request<T>`.
fn is_request(ty: &Type) -> bool {
    unwrapped(ty, "Request").is_some()
}

/// Reports a reference to what seems to be the message of a call, by its name.
fn is_message(input: &PatType, errors: &mut Errors) -> bool {
    let (Type::Reference(reference), Pat::Ident(PatIdent { ident, .. })) = (&*input.ty, &*input.pat) else {
        return false;
    };
    let is_of_messages = matches!(&*reference.elem, Type::Path(_))
        && !["str", "String"].iter().any(|name| is_named(&reference.elem, name));
    let is_meant = ["request", "_request", "req", "_req"].iter().any(|name| ident == name);
    if is_of_messages && is_meant {
        let message = format!(
            "`{ident}` is not there yet: an interceptor runs before the message; what must see it is `Hooks`, and what is given in the list has another name"
        );
        errors.error(ident, message);
    }
    is_of_messages && is_meant
}

/// Reports a `rest` that is never used. rustc would advise to call it `_rest`, and no call would reach its handler. A name
/// that begins with an underscore says that this is on purpose.
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

/// Returns true if the return type elides a lifetime, of which rustc would report that it is missing.
fn has_elided(output: &syn::ReturnType) -> bool {
    matches!(output, syn::ReturnType::Type(_, ty) if lifetimes::first_elided(ty).is_some())
}

/// What a function that returns no `Result` was meant to provide.
fn guess(sig: &Signature) -> Type {
    let mut provides = match &sig.output {
        // An interceptor of tonic's provides nothing.
        _ if sig.inputs.iter().any(|input| matches!(input, FnArg::Typed(input) if is_request(&input.ty))) => {
            syn::parse_quote!(())
        }
        syn::ReturnType::Type(_, ty) if !matches!(**ty, Type::ImplTrait(_)) => {
            unwrapped(ty, "Option").unwrap_or(ty).clone()
        }
        _ => syn::parse_quote!(()),
    };
    lifetimes::replace_elided(&mut provides, &Lifetime::new("'static", Span::call_site()));
    provides
}

/// What the function provides, and its error.
fn output(sig: &Signature, wraps: bool, errors: &mut Errors) -> Option<(Type, Option<Type>)> {
    let name = &sig.ident;
    let Some(output) = ResultType::new(&sig.output) else {
        let provides = match &sig.output {
            syn::ReturnType::Type(_, ty) => unwrapped(ty, "Option"),
            syn::ReturnType::Default => None,
        };
        let provides = provides.map_or_else(|| "()".to_owned(), shown);
        let message =
            format!("interceptor `{name}` must return a `Result`, such as `Result<{provides}, Status>`");
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
        Param::Metadata(_, ty) | Param::Extractor(ty) => lifetimes::first_elided(ty).is_some(),
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
        return Some("the rest of a call is written `rest: impl Rest`");
    }
    if is_named(ty, "Call") {
        return Some("the call is taken by reference; write `call: &Call`");
    }
    None
}

fn has_bound<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>, name: &str) -> bool {
    bounds.into_iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == name),
        _ => false,
    })
}
