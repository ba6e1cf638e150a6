//! Which methods stream their reply, and what.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::{GenericArgument, Ident, ImplItem, PathArguments, Signature, Type, TypeParamBound};

use super::expand::upper_camel_case;
use crate::errors::Errors;
use crate::result_type::{ResultType, is_named};
use crate::runtime_path::RuntimePath;

/// A `type GreetStream = ...` of the impl. The chain's stream takes its place in the trait, and
/// it takes that of `Self::GreetStream` in what the user wrote.
pub(super) struct StreamType {
    name: Ident,
    ty: Type,
}

/// The stream that a method replies with.
pub(super) struct ReplyStream {
    /// The associated type of the trait.
    pub(super) name: Ident,
    /// What the trait's messages are.
    pub(super) item: Type,
    /// Not written where the stream is a type of the user's.
    pub(super) error: Option<Type>,
}

impl StreamType {
    /// Takes the associated types that name a stream out of an impl's items.
    pub(super) fn take_all(items: &mut Vec<ImplItem>) -> Vec<Self> {
        items
            .extract_if(
                ..,
                |item| matches!(item, ImplItem::Type(item) if item.ident.to_string().ends_with("Stream")),
            )
            .filter_map(|item| match item {
                ImplItem::Type(item) => Some(Self { name: item.ident, ty: item.ty }),
                _ => None,
            })
            .collect()
    }
}

/// Writes the types of streams for their names, in a signature or in a body.
pub(super) fn replace<T: ToTokens + Parse>(written: T, types: &[StreamType]) -> T {
    if types.is_empty() {
        return written;
    }
    syn::parse2(replace_in(written.to_token_stream(), types)).unwrap_or(written)
}

pub(super) fn replace_in(tokens: TokenStream, types: &[StreamType]) -> TokenStream {
    let mut replaced = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), replace_in(group.stream(), types));
                inner.set_span(group.span());
                replaced.extend([TokenTree::Group(inner)]);
            }
            TokenTree::Ident(ident) if ident == "Self" => match stream_after_self(&mut tokens.clone(), types)
            {
                Some(stream) => {
                    tokens.nth(2);
                    stream.ty.to_tokens(&mut replaced);
                }
                None => replaced.extend([TokenTree::Ident(ident)]),
            },
            token => replaced.extend([token]),
        }
    }
    replaced
}

/// The stream that `::Name` after `Self` stands for.
fn stream_after_self<'a>(
    tokens: &mut impl Iterator<Item = TokenTree>,
    types: &'a [StreamType],
) -> Option<&'a StreamType> {
    let is_colon = |token: TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    if !is_colon(tokens.next()?) || !is_colon(tokens.next()?) {
        return None;
    }
    match tokens.next()? {
        TokenTree::Ident(name) => types.iter().find(|stream| stream.name == name),
        _ => None,
    }
}

impl ReplyStream {
    /// What `reply`, the type of a reply, streams; none if it is a message.
    pub(super) fn new(
        runtime: &RuntimePath,
        sig: &Signature,
        wire_name: Option<&syn::LitStr>,
        reply: &Type,
        types: &[StreamType],
        errors: &mut Errors,
    ) -> Option<Self> {
        let rpc =
            wire_name.map_or_else(|| upper_camel_case(&sig.ident.unraw().to_string()), syn::LitStr::value);
        let expected = format!("{rpc}Stream");
        let declared = types.iter().find(|stream| stream.name.to_string().eq_ignore_ascii_case(&expected));
        let name =
            declared.map_or_else(|| Ident::new(&expected, sig.ident.span()), |stream| stream.name.clone());
        if let Type::ImplTrait(_) = reply {
            let (item, error) = item_of(reply, errors)?;
            return Some(Self { name, item, error });
        }
        if let Some(undefined) = associated(reply) {
            let message = format!(
                "`Self::{undefined}` is not defined here; write `impl Stream<Item = Result<<reply type>, <error type>>>`"
            );
            errors.error(reply, message);
            return None;
        }
        (declared.is_some() || says_stream(reply)).then(|| {
            let item = syn::parse_quote!(<#reply as #runtime::ReplyItems>::Reply);
            Self { name, item, error: None }
        })
    }
}

/// The `T` and `E` of `impl Stream<Item = Result<T, E>>`.
fn item_of(stream: &Type, errors: &mut Errors) -> Option<(Type, Option<Type>)> {
    let Type::ImplTrait(implements) = stream else { return None };
    let item = implements.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Item" => Some(&assoc.ty),
            _ => None,
        })
    });
    let Some(result) = item.and_then(ResultType::of) else {
        let message = "a streamed reply is `impl Stream<Item = Result<<reply type>, <error type>>>`";
        errors.error(stream, message);
        return None;
    };
    Some((result.ok.clone(), result.error.cloned()))
}

/// The `X` of `Self::X`.
fn associated(ty: &Type) -> Option<&Ident> {
    let Type::Path(path) = ty else { return None };
    let mut segments = path.path.segments.iter();
    match (segments.next(), segments.next(), segments.next()) {
        (Some(first), Some(name), None) if first.ident == "Self" => Some(&name.ident),
        _ => None,
    }
}

/// Whether a type says that it is a stream: `ReceiverStream<T>`, `Pin<Box<dyn Stream<...>>>`. A
/// message is not generic, whatever it is called.
fn says_stream(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    match &last.arguments {
        PathArguments::None => false,
        _ => last.ident.to_string().ends_with("Stream") || is_named(ty, "Pin"),
    }
}
