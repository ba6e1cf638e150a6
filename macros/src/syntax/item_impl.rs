use syn::parse::ParseStream;
use syn::token::Brace;
use syn::{AttrStyle, Attribute, Generics, ImplItem, Path, Result, Token, Type, braced};

use super::function::FnSyntax;
use crate::common::types::peel;

/// An impl whose methods' bodies stay tokens.
pub(crate) struct ImplSyntax {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    /// None for an inherent impl.
    pub(crate) trait_path: Option<Path>,
    pub(crate) self_ty: Type,
    pub(crate) brace_token: Brace,
    pub(crate) items: Vec<ItemSyntax>,
}

pub(crate) enum ItemSyntax {
    Method(FnSyntax),
    Other(ImplItem),
}

impl ImplSyntax {
    pub(crate) fn parse(mut attrs: Vec<Attribute>, input: ParseStream<'_>) -> Result<Self> {
        let unsafety = input.parse()?;
        let impl_token = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let trait_path = trait_path(input)?;
        let self_ty = peel(&input.parse()?).clone();
        generics.where_clause = input.parse()?;
        let content;
        let brace_token = braced!(content in input);
        let inner = content.call(Attribute::parse_inner)?;
        attrs.extend(inner.into_iter().map(|attr| Attribute { style: AttrStyle::Outer, ..attr }));
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(ItemSyntax::parse(&content)?);
        }
        Ok(Self { attrs, unsafety, impl_token, generics, trait_path, self_ty, brace_token, items })
    }
}

/// Reads the `Trait for` of an impl. Returns None for an inherent impl.
fn trait_path(input: ParseStream<'_>) -> Result<Option<Path>> {
    let ahead = input.fork();
    if ahead.parse::<Path>().is_err() || !ahead.peek(Token![for]) {
        return Ok(None);
    }
    let path = input.parse()?;
    input.parse::<Token![for]>()?;
    Ok(Some(path))
}

impl ItemSyntax {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let ahead = input.fork();
        let attrs = ahead.call(Attribute::parse_outer)?;
        if !FnSyntax::is_next(&ahead) {
            return input.parse().map(Self::Other);
        }
        input.call(Attribute::parse_outer)?;
        FnSyntax::parse(attrs, input).map(Self::Method)
    }
}
