use proc_macro2::TokenStream;
use syn::token::Brace;
use syn::{Generics, ImplItem, Path, Token, Type};

use super::attributes::Attributes;
use super::method::MethodSyntax;
use crate::common::errors::Errors;
use crate::common::macro_name::MacroName;
use crate::syntax::item_impl::{ImplSyntax, ItemSyntax};

/// An impl with its methods and its other items apart.
pub(crate) struct ServiceSyntax {
    /// The attribute macro that stands above the impl.
    pub(crate) macro_name: MacroName,
    /// The attributes, with the arguments of that macro.
    pub(crate) attributes: Attributes,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    /// None for an inherent impl, which is a mistake.
    pub(crate) trait_path: Option<Path>,
    pub(crate) self_ty: Type,
    pub(crate) brace_token: Brace,
    pub(crate) methods: Vec<MethodSyntax>,
    pub(crate) others: Vec<ImplItem>,
}

impl ServiceSyntax {
    pub(crate) fn parse(
        macro_name: MacroName,
        args: TokenStream,
        item: ImplSyntax,
        errors: &mut Errors,
    ) -> Self {
        let attributes = Attributes::of_impl(macro_name, args, item.attrs, errors);
        let (mut methods, mut others) = (Vec::new(), Vec::new());
        for item in item.items {
            match item {
                ItemSyntax::Method(method) => methods.push(MethodSyntax::parse(method)),
                ItemSyntax::Other(other) => others.push(other),
            }
        }
        Self {
            macro_name,
            attributes,
            unsafety: item.unsafety,
            impl_token: item.impl_token,
            generics: item.generics,
            trait_path: item.trait_path,
            self_ty: item.self_ty,
            brace_token: item.brace_token,
            methods,
            others,
        }
    }
}
