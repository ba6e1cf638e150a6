use proc_macro2::Ident;
use syn::{Expr, Generics};

use super::variant::Variant;
use crate::grpc_error::parse::error_item::ErrorSyntax;

/// An enum or a struct that converts into a status. A struct counts as an enum with one variant.
pub(crate) struct ErrorType {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The domain that owns these errors, if a client is to tell them apart.
    pub(crate) domain: Option<Expr>,
    /// The number of bytes that the headers may have.
    pub(crate) max_size: Option<Expr>,
    pub(crate) variants: Vec<Variant>,
}

impl ErrorType {
    pub(crate) fn new(syntax: &ErrorSyntax) -> Self {
        let variants = syntax.variants.iter();
        Self {
            ident: syntax.ident.clone(),
            generics: syntax.generics.clone(),
            domain: syntax.domain.clone(),
            max_size: syntax.max_size.clone(),
            variants: variants.map(|variant| Variant::new(variant, &syntax.defaults)).collect(),
        }
    }
}
