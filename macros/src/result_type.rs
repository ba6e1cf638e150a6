use quote::ToTokens;
use syn::{FnArg, GenericArgument, PathArguments, ReturnType, Signature, Type, TypePath};

/// A return type that is a `Result`, or an alias of one such as `tonic::Result<T>`.
pub(crate) struct ResultType<'a> {
    pub(crate) ok: &'a Type,
    /// Not written in an alias.
    pub(crate) error: Option<&'a Type>,
}

/// Types that a `Result` is mistaken for, or forgotten around. Any other name may be an alias of one.
const NO_ALIASES: [&str; 8] = ["Arc", "Box", "Option", "Pin", "Request", "Response", "Streaming", "Vec"];

impl<'a> ResultType<'a> {
    /// `None` if it names no type for success.
    pub(crate) fn new(output: &'a ReturnType) -> Option<Self> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Self::of(ty),
        }
    }

    pub(crate) fn of(ty: &'a Type) -> Option<Self> {
        if NO_ALIASES.iter().any(|name| is_named(ty, name)) {
            return None;
        }
        let mut types = arguments(ty)?.into_iter();
        Some(Self { ok: types.next()?, error: types.next() })
    }
}

/// A type without parentheses, and without the invisible group that a `macro_rules` macro puts around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        ty => ty,
    }
}

/// Peels the types of the parameters and of what is returned, so that whoever looks at them sees what they are.
pub(crate) fn peel_signature(sig: &mut Signature) {
    for input in &mut sig.inputs {
        if let FnArg::Typed(param) = input {
            *param.ty = peel(&param.ty).clone();
        }
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        **ty = peel(ty).clone();
    }
}

/// The type arguments of the last segment: of `a::B<C, D>` it is `C` and `D`.
fn arguments(ty: &Type) -> Option<Vec<&Type>> {
    let Type::Path(TypePath { qself: None, path, .. }) = peel(ty) else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some(types.collect())
}

/// The `T` of `Wrapper<T>`, however its path is written.
pub(crate) fn unwrapped<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    if !is_named(ty, wrapper) {
        return None;
    }
    match arguments(ty)?.as_slice() {
        [ty] => Some(ty),
        _ => None,
    }
}

/// Whether the last segment of a path is `name`.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    matches!(peel(ty), Type::Path(TypePath { path, .. }) if path.segments.last().is_some_and(|last| last.ident == name))
}

/// A type as it is written in a message.
pub(crate) fn shown(ty: &impl ToTokens) -> String {
    let mut shown = String::new();
    let mut ends_in_word = false;
    for part in ty.to_token_stream().to_string().split(' ') {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
        if ends_in_word && part.starts_with(is_word) || shown.ends_with([',', '+']) || part == "+" {
            shown.push(' ');
        }
        shown.push_str(part);
        ends_in_word = part.ends_with(is_word);
    }
    shown
}

/// The message about `&mut Call`.
pub(crate) const CALL_IS_SHARED: &str = "the call is taken by shared reference; write `&Call`";

/// Returns true for `&mut T`.
pub(crate) fn is_mutable(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(reference) if reference.mutability.is_some())
}

/// Whether it is `&Call`.
pub(crate) fn is_call(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(reference) if is_named(&reference.elem, "Call"))
}
