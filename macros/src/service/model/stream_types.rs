//! The types of streams that the impl declares, and their names in the user's code.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Ident, ImplItem, Path, Signature, Type};

/// A `type GreetStream = ...` of the impl. The expansion gives the trait the chain's stream instead of this type, and the
/// user's code this type instead of `Self::GreetStream`.
pub(super) struct StreamType {
    name: Ident,
    ty: Type,
}

impl StreamType {
    /// Takes the associated types that name a stream out of the items of an impl.
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

/// Replaces the names of streams by their types.
pub(super) struct StreamTypes<'a> {
    types: &'a [StreamType],
    trait_path: Option<&'a Path>,
}

impl<'a> StreamTypes<'a> {
    pub(super) fn new(types: &'a [StreamType], trait_path: Option<&'a Path>) -> Self {
        Self { types, trait_path }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a Ident> {
        self.types.iter().map(|stream| &stream.name)
    }

    /// Returns the stream of that name, in any case, and its type.
    pub(super) fn find(&self, name: &str) -> Option<(&'a Ident, &'a Type)> {
        let mut streams = self.types.iter().map(|stream| (&stream.name, &stream.ty));
        streams.find(|(declared, _)| declared.to_string().eq_ignore_ascii_case(name))
    }

    /// Replaces the names in a signature. It also returns true if the signature names a stream that the impl does not define.
    pub(super) fn replace_in_signature(&self, sig: Signature) -> (Signature, bool) {
        let mut is_undefined = false;
        let replaced = self.replace(sig.to_token_stream(), &mut |name| {
            is_undefined |= name.to_string().ends_with("Stream");
            let trait_path = self.trait_path.filter(|_| is_undefined)?;
            // `Self::Name` would be ambiguous in the inherent impl, which would be a second error.
            Some(quote!(<Self as #trait_path>::#name))
        });
        (syn::parse2(replaced).unwrap_or(sig), is_undefined)
    }

    pub(super) fn replace_in_body(&self, body: TokenStream) -> TokenStream {
        self.replace(body, &mut |_| None)
    }

    /// Replaces each `Self::Name` that names a stream, and any other for which `otherwise` returns something.
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
                    let name = name_after_self(&mut tokens.clone());
                    match name.and_then(|name| self.type_of(&name).or_else(|| otherwise(&name))) {
                        Some(stream) => {
                            // The tokens of `::Name` are replaced as well.
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

    fn type_of(&self, name: &Ident) -> Option<TokenStream> {
        let declared = self.types.iter().find(|stream| stream.name == *name)?;
        Some(declared.ty.to_token_stream())
    }
}

/// Returns the `Name` of `::Name`.
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
