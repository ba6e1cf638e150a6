//! Which methods stream their reply, and what.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Ident, ImplItem, Path, PathArguments, Signature, Type, TypeParamBound, TypeTraitObject,
};

use crate::errors::Errors;
use crate::names::{ident, upper_camel_case};
use crate::result_type::{ResultType, is_named, peel, shown, unwrapped};
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

/// Writes the types of streams for their names.
pub(super) struct Streams<'a> {
    types: &'a [StreamType],
    trait_path: Option<&'a Path>,
}

impl<'a> Streams<'a> {
    pub(super) fn new(types: &'a [StreamType], trait_path: Option<&'a Path>) -> Self {
        Self { types, trait_path }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &Ident> {
        self.types.iter().map(|stream| &stream.name)
    }

    /// In a signature. rustc says which stream is not defined in the impl.
    pub(super) fn replace_in_signature(&self, sig: Signature, errors: &mut Errors) -> Signature {
        let mut undefined = false;
        let replaced = self.replace(sig.to_token_stream(), &mut |name| {
            undefined |= name.to_string().ends_with("Stream");
            let trait_path = self.trait_path.filter(|_| undefined)?;
            // `Self::Name` alone is ambiguous where we put it, which would be a second error.
            Some(quote!(<Self as #trait_path>::#name))
        });
        if undefined {
            errors.leave_to_rustc();
        }
        syn::parse2(replaced).unwrap_or(sig)
    }

    pub(super) fn replace_in_body(&self, body: TokenStream) -> TokenStream {
        self.replace(body, &mut |_| None)
    }

    /// Replaces each `Self::Name` that is a stream, and those for which `otherwise` knows something.
    fn replace(
        &self,
        tokens: TokenStream,
        otherwise: &mut dyn FnMut(&Ident) -> Option<TokenStream>,
    ) -> TokenStream {
        let mut replaced = TokenStream::new();
        let mut tokens = tokens.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), self.replace(group.stream(), otherwise));
                    inner.set_span(group.span());
                    replaced.extend([TokenTree::Group(inner)]);
                }
                TokenTree::Ident(ident) if ident == "Self" => {
                    let stream = name_after_self(&mut tokens.clone()).and_then(|name| {
                        let declared = self.types.iter().find(|stream| stream.name == name);
                        declared.map(|stream| stream.ty.to_token_stream()).or_else(|| otherwise(&name))
                    });
                    match stream {
                        Some(stream) => {
                            tokens.nth(2);
                            replaced.extend(stream);
                        }
                        None => replaced.extend([TokenTree::Ident(ident)]),
                    }
                }
                token => replaced.extend([token]),
            }
        }
        replaced
    }
}

/// The `Name` of `::Name`.
fn name_after_self(tokens: &mut impl Iterator<Item = TokenTree>) -> Option<Ident> {
    let is_colon = |token: TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    if !is_colon(tokens.next()?) || !is_colon(tokens.next()?) {
        return None;
    }
    match tokens.next()? {
        TokenTree::Ident(name) => Some(name),
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
        streams: &Streams<'_>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let rpc =
            wire_name.map_or_else(|| upper_camel_case(&sig.ident.unraw().to_string()), syn::LitStr::value);
        let expected = format!("{rpc}Stream");
        let declared =
            streams.types.iter().find(|stream| stream.name.to_string().eq_ignore_ascii_case(&expected));
        let name = declared.map_or_else(|| ident(&expected, sig.ident.span()), |stream| stream.name.clone());
        boxes_are_send(reply, errors);
        if let Some((item, error)) = item_of(reply) {
            return Some(Self { name, item, error });
        }
        if let Some(item) = bare_item(reply) {
            let meant = with_results(reply, item);
            errors.error(reply, format!("a stream of replies has `Result`s; write `{meant}`"));
            return Some(Self { name, item: item.clone(), error: None });
        }
        if let Type::ImplTrait(_) = peel(reply) {
            errors.error(
                reply,
                "a streamed reply is `impl Stream<Item = Result<Reply, Status>>`, or with another error",
            );
            // A guess, for those who use the service.
            let item = associated_item(reply).unwrap_or_else(|| syn::parse_quote!(()));
            return Some(Self { name, item, error: None });
        }
        declared.map(|_| {
            let item = Type::Verbatim(quote!(<#reply as #runtime::ReplyItems>::Reply));
            Self { name, item, error: None }
        })
    }
}

/// The `T` of a stream of tokio's that yields what it is a stream of. Of another type nobody knows: an alias may have the
/// `Result` within.
fn bare_item(reply: &Type) -> Option<&Type> {
    let known = ["ReceiverStream", "UnboundedReceiverStream", "WatchStream"];
    known.iter().find_map(|name| unwrapped(reply, name))
}

/// `ReceiverStream<Result<T, Status>>` from `ReceiverStream<T>`.
fn with_results(reply: &Type, item: &Type) -> String {
    let (reply, item) = (shown(reply), shown(item));
    reply.replacen(&format!("<{item}>"), &format!("<Result<{item}, Status>>"), 1)
}

/// Reports boxed streams that are not `Send`. rustc would name all that is in the box, and not what to write.
fn boxes_are_send(reply: &Type, errors: &mut Errors) {
    struct Find<'a>(&'a mut Errors);

    impl VisitMut for Find<'_> {
        fn visit_type_trait_object_mut(&mut self, object: &mut TypeTraitObject) {
            let has = |name: &str| {
                object.bounds.iter().any(|bound| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == name)))
            };
            if has("Stream") && !has("Send") {
                let message = format!(
                    "a stream that is sent to a client must be `Send`; write `{} + Send`",
                    shown(object)
                );
                self.0.error(&*object, message);
            }
            visit_mut::visit_type_trait_object_mut(self, object);
        }
    }

    Find(errors).visit_type_mut(&mut reply.clone());
}

/// The `T` and `E` of a type that has a `Result<T, E>` in it, as that of a stream of replies has and
/// that of a message has not: `impl Stream<Item = Result<T, E>>`, `ReceiverStream<Result<T, E>>`.
pub(super) fn item_of(reply: &Type) -> Option<(Type, Option<Type>)> {
    // tonic's, which are for statuses; and ours, for a proxy.
    let item = ["BoxStream", "Streaming"].iter().find_map(|name| unwrapped(reply, name));
    if let Some(item) = item.filter(|item| !is_named(item, "Result")) {
        return Some((item.clone(), None));
    }
    let mut find = FindResult(None);
    find.visit_type_mut(&mut reply.clone());
    find.0
}

struct FindResult(Option<(Type, Option<Type>)>);

impl VisitMut for FindResult {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ResultType::of(ty).filter(|_| is_named(ty, "Result")) {
            Some(result) if self.0.is_none() => self.0 = Some((result.ok.clone(), result.error.cloned())),
            _ => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// The `T` of `impl Stream<Item = T>`.
fn associated_item(stream: &Type) -> Option<Type> {
    let Type::ImplTrait(implements) = peel(stream) else { return None };
    implements.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Item" => Some(assoc.ty.clone()),
            _ => None,
        })
    })
}
