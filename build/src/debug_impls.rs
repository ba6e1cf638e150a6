//! The impls of `Debug` for types with fields that must not be printed.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Field, Fields, Item, ItemEnum, ItemStruct, Lit, Meta};

/// The documentation of each field that is not printed, by which its type is found.
pub(crate) const MARK: &str =
    "`Debug` prints `[redacted]` in place of the value: the .proto file sets `debug_redact`.";

/// Returns an impl of `Debug` for each type with a marked field. A type whose `Debug` a setting of the user has turned off
/// has an impl already.
pub(crate) fn debug_impls(items: &[Item]) -> TokenStream {
    let mut impls = TokenStream::new();
    add_impls(items, &mut Vec::new(), &mut impls);
    impls
}

fn add_impls<'a>(items: &'a [Item], modules: &mut Vec<&'a Ident>, impls: &mut TokenStream) {
    for item in items {
        match item {
            Item::Struct(item) if has_mark(item.fields.iter()) && !skips_debug(&item.attrs) => {
                impls.extend(impl_struct(item, modules));
            }
            Item::Enum(item) if has_mark(item.variants.iter()) && !skips_debug(&item.attrs) => {
                impls.extend(impl_oneof(item, modules));
            }
            Item::Mod(module) => {
                let items = module.content.as_ref().map_or(&[][..], |(_, items)| items);
                modules.push(&module.ident);
                add_impls(items, modules, impls);
                modules.pop();
            }
            _ => {}
        }
    }
}

/// A field of a message, or a variant of a oneof.
trait Marked {
    fn attributes(&self) -> &[Attribute];
}

impl Marked for Field {
    fn attributes(&self) -> &[Attribute] {
        &self.attrs
    }
}

impl Marked for syn::Variant {
    fn attributes(&self) -> &[Attribute] {
        &self.attrs
    }
}

fn has_mark<'a, T: Marked + 'a>(mut parts: impl Iterator<Item = &'a T>) -> bool {
    parts.any(is_marked)
}

fn is_marked(part: &impl Marked) -> bool {
    part.attributes().iter().any(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else { return false };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value else { return false };
        meta.path.is_ident("doc") && text.value() == MARK
    })
}

fn skips_debug(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("prost")
            && attribute.parse_args::<Ident>().is_ok_and(|argument| argument == "skip_debug")
    })
}

fn impl_struct(item: &ItemStruct, modules: &[&Ident]) -> TokenStream {
    let ident = &item.ident;
    let Fields::Named(fields) = &item.fields else { return TokenStream::new() };
    let fields = fields.named.iter().filter_map(|field| {
        let ident = field.ident.as_ref()?;
        let (value, name) = (value_of(field, ident), ident.to_string());
        Some(quote!({ #value __struct.field(#name, &__value); }))
    });
    impl_debug(
        ident,
        modules,
        &quote! {
            let mut __struct = __formatter.debug_struct(::core::stringify!(#ident));
            #(#fields)*
            __struct.finish()
        },
    )
}

/// Binds the value of a field that is printed.
fn value_of(field: &Field, ident: &Ident) -> TokenStream {
    if is_marked(field) {
        return quote!(let __value = ::core::format_args!("[redacted]"););
    }
    // The names of the enum are printed, as prost does. A number without a name is printed as a number.
    match enumeration(field) {
        Some(Enumeration::Single) => quote! {
            let __name = self.#ident();
            let __value: &dyn ::core::fmt::Debug =
                if __name as i32 == self.#ident { &__name } else { &self.#ident };
        },
        Some(Enumeration::Optional) => quote! {
            let __name = self.#ident();
            let __is_known = self.#ident.is_none_or(|__number| __number == __name as i32);
            let __name = self.#ident.map(|_| __name);
            let __value: &dyn ::core::fmt::Debug = if __is_known { &__name } else { &self.#ident };
        },
        None => quote!(let __value = &self.#ident;),
    }
}

/// A field with an enum, for which prost generates a method that returns the enum.
enum Enumeration {
    Single,
    Optional,
}

fn enumeration(field: &Field) -> Option<Enumeration> {
    let attribute = field.attrs.iter().find(|attribute| attribute.path().is_ident("prost"))?;
    let tokens = attribute.meta.require_list().ok()?.tokens.clone().into_iter();
    let words: Vec<String> = tokens
        .filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        })
        .collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    match has("enumeration") && !has("repeated") {
        true if has("optional") => Some(Enumeration::Optional),
        true => Some(Enumeration::Single),
        false => None,
    }
}

fn impl_oneof(item: &ItemEnum, modules: &[&Ident]) -> TokenStream {
    let variants = item.variants.iter().map(|variant| {
        let ident = &variant.ident;
        let (binding, value) = if is_marked(variant) {
            (quote!(_), quote!(::core::format_args!("[redacted]")))
        } else {
            (quote!(__value), quote!(__value))
        };
        quote! {
            Self::#ident(#binding) => {
                __formatter.debug_tuple(::core::stringify!(#ident)).field(&#value).finish()
            }
        }
    });
    impl_debug(&item.ident, modules, &quote!(match self { #(#variants)* }))
}

fn impl_debug(ident: &Ident, modules: &[&Ident], body: &impl ToTokens) -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(deprecated, clippy::all, clippy::pedantic)]
        impl ::core::fmt::Debug for #(#modules::)* #ident {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #body
            }
        }
    }
}
