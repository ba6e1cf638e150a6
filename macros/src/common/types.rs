//! Reads types by their names: a macro cannot look up what a name refers to.

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{GenericArgument, Path, PathArguments, Token, TraitBound, Type, TypeParamBound, TypePath};

/// Returns the type without parentheses, and without the invisible group that a `macro_rules` macro puts around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        ty => ty,
    }
}

/// Returns true if the last segment of the path is `name`.
pub(crate) fn path_ends_in(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

/// Returns true if the type is a path whose last segment is `name`.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    matches!(peel(ty), Type::Path(TypePath { path, .. }) if path_ends_in(path, name))
}

/// Returns the type arguments of the last segment: `C` and `D` for `a::B<C, D>`.
pub(crate) fn type_arguments(ty: &Type) -> Option<Vec<&Type>> {
    let Type::Path(TypePath { qself: None, path, .. }) = peel(ty) else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some(types.collect())
}

/// Returns the `T` of `Wrapper<T>`, however the path of the wrapper is written.
pub(crate) fn inner_type<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    if !is_named(ty, wrapper) {
        return None;
    }
    match type_arguments(ty)?.as_slice() {
        [ty] => Some(ty),
        _ => None,
    }
}

/// Returns true if the bounds of an `impl Trait` or a type parameter include the trait `name`.
pub(crate) fn has_bound<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>, name: &str) -> bool {
    bounds
        .into_iter()
        .any(|bound| matches!(bound, TypeParamBound::Trait(bound) if path_ends_in(&bound.path, name)))
}

/// Returns the `T` of `Trait<name = T>`.
pub(crate) fn associated_type<'a>(bound: &'a TraitBound, name: &str) -> Option<&'a Type> {
    let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(assoc) if assoc.ident == name => Some(&assoc.ty),
        _ => None,
    })
}

/// Returns the traits among the bounds.
pub(crate) fn trait_bounds(
    bounds: &Punctuated<TypeParamBound, Token![+]>,
) -> impl Iterator<Item = &TraitBound> {
    bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(bound),
        _ => None,
    })
}

/// Returns true for `&mut T`.
pub(crate) fn is_mutable_reference(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(reference) if reference.mutability.is_some())
}

/// Returns true for `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(peel(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Formats tokens as a user would write them, for messages.
pub(crate) fn to_source(tokens: &impl ToTokens) -> String {
    let mut source = String::new();
    let mut ends_in_word = false;
    for part in tokens.to_token_stream().to_string().split(' ') {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
        if ends_in_word && part.starts_with(is_word)
            || source.ends_with([',', '+', '='])
            || ["+", "="].contains(&part)
        {
            source.push(' ');
        }
        source.push_str(part);
        ends_in_word = part.ends_with(is_word);
    }
    source
}
