use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{
    GenericArgument, Generics, Ident, Pat, PatIdent, PatType, PathArguments, Signature, Type, TypeParamBound,
};

use super::lifetimes;
use crate::args::entry::Entry;
use crate::args::parameter::ParameterAttributes;
use crate::chain::is_named_by;
use crate::common::hygiene::local;
use crate::common::metadata_key::MetadataKey;
use crate::common::parameter_types::{is_builtin_extractor, is_call};
use crate::common::types::{has_bound, inner_type, is_named, path_ends_in};
use crate::syntax::function::typed_params;

/// A parameter, by the place that its value comes from.
pub(crate) enum Param {
    Plain(Plain),
    Metadata(MetadataKey, Type),
    Extractor(Type),
    /// The value that an entry of the function's own list binds to this name.
    Bound(Ident),
    Call,
    Rest,
    /// The rest that takes a value of this type.
    RestWith(Type),
}

/// A parameter whose value is passed where the interceptor is listed.
pub(crate) struct Plain {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

impl Param {
    /// Returns true if the value is the call or a part of it, which may have the lifetime of the call.
    pub(crate) fn is_from_call(&self) -> bool {
        matches!(self, Self::Metadata(..) | Self::Extractor(_) | Self::Call)
    }

    /// Returns the type that the interceptor provides by its `rest`.
    pub(crate) fn provided(&self) -> Option<&Type> {
        match self {
            Self::RestWith(provided) => Some(provided),
            _ => None,
        }
    }

    /// Reads one parameter. It adds a name to `generics` for each lifetime that a plain parameter elides.
    pub(crate) fn new(
        input: &PatType,
        index: usize,
        attributes: &ParameterAttributes,
        sig: &Signature,
        generics: &mut Generics,
        entries: &[Entry],
    ) -> Self {
        if let Some(key) = &attributes.metadata {
            return Self::Metadata(key.clone(), (*input.ty).clone());
        }
        if let Some(name) = bound_name(input, entries)
            && !attributes.is_extractor
        {
            return Self::Bound(name.clone());
        }
        if let Some(provided) = rest_with(&input.ty) {
            return Self::RestWith(provided.clone());
        }
        let ty = extractor_by_reference(&input.ty).unwrap_or(&input.ty);
        if attributes.is_extractor || is_builtin_extractor(ty) {
            Self::Extractor(ty.clone())
        } else if is_call(ty) || is_request(ty) || changed_message(input).is_some() {
            // A request and a message are mistakes that `check` reports. The list does not pass them, and so the outer
            // function must not have a parameter for them.
            Self::Call
        } else if is_rest(ty) {
            Self::Rest
        } else {
            Self::Plain(Plain::new(input, index, sig, generics))
        }
    }
}

impl Plain {
    fn new(input: &PatType, index: usize, sig: &Signature, generics: &mut Generics) -> Self {
        let argument = format!("argument{index}");
        let (name, lifetime_name) = match &*input.pat {
            // rustdoc and editors show the name that the user wrote.
            Pat::Ident(pat) => (pat.ident.clone(), pat.ident.unraw().to_string()),
            _ => (local(&argument), argument),
        };
        let ty = (*input.ty).clone();
        let ty = lifetimes::name_elided(&lifetime_name, ty, generics, &sig.to_token_stream());
        Self { name, ty }
    }
}

/// Returns the name that an entry of the list binds, if the parameter has that name.
pub(crate) fn bound_name<'a>(input: &'a PatType, entries: &[Entry]) -> Option<&'a Ident> {
    let Pat::Ident(PatIdent { ident, .. }) = &*input.pat else { return None };
    entries.iter().filter_map(Entry::name).any(|bound| is_named_by(ident, bound)).then_some(ident)
}

/// Returns the extractor that a parameter takes by reference, which is a mistake.
pub(crate) fn extractor_by_reference(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(reference) if is_builtin_extractor(&reference.elem) => Some(&reference.elem),
        _ => None,
    }
}

/// Returns the request that an interceptor of tonic's takes.
pub(crate) fn request(sig: &Signature) -> Option<&Type> {
    typed_params(sig).map(|input| &*input.ty).find(|ty| is_request(ty))
}

/// Returns true for tonic's `Request<T>`.
fn is_request(ty: &Type) -> bool {
    inner_type(ty, "Request").is_some()
}

/// Returns the name of a parameter that would change the message of a call, as the name tells.
pub(crate) fn changed_message(input: &PatType) -> Option<&Ident> {
    let (Type::Reference(reference), Pat::Ident(PatIdent { ident, .. })) = (&*input.ty, &*input.pat) else {
        return None;
    };
    let may_be_message = matches!(&*reference.elem, Type::Path(_))
        && !["str", "String"].iter().any(|name| is_named(&reference.elem, name));
    let is_request = ["request", "_request", "req", "_req"].iter().any(|name| ident == name);
    (reference.mutability.is_some() && may_be_message && is_request).then_some(ident)
}

/// Returns true for `impl Rest`.
pub(crate) fn is_rest(ty: &Type) -> bool {
    matches!(ty, Type::ImplTrait(ty) if has_bound(&ty.bounds, "Rest"))
}

/// Returns the `T` of `impl RestWith<T>`.
pub(crate) fn rest_with(ty: &Type) -> Option<&Type> {
    let Type::ImplTrait(ty) = ty else { return None };
    ty.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) if path_ends_in(&bound.path, "RestWith") => {
            match &bound.path.segments.last()?.arguments {
                PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|ty| match ty {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                }),
                _ => None,
            }
        }
        _ => None,
    })
}
