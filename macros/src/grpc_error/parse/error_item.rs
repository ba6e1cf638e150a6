use proc_macro2::Ident;
use syn::{Attribute, Expr, Fields, Generics, Item, Member, Meta, Type};

use super::error_args::ErrorArgs;
use super::field_args::FieldArgs;
use super::status_args::StatusArgs;
use crate::common::errors::Errors;

/// An enum or a struct. A struct counts as an enum with one variant.
pub(crate) struct ErrorSyntax {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) domain: Option<Expr>,
    pub(crate) max_size: Option<Expr>,
    /// The arguments on the enum, which hold for all its variants.
    pub(crate) defaults: StatusArgs,
    pub(crate) variants: Vec<VariantSyntax>,
    /// The mistakes in the attributes on the enum.
    pub(crate) errors: Errors,
}

pub(crate) struct VariantSyntax {
    /// The kind of item and its name, for messages.
    pub(crate) description: String,
    pub(crate) name: Ident,
    /// False for a struct.
    pub(crate) is_variant: bool,
    pub(crate) cfgs: Vec<Attribute>,
    /// None if an attribute could not be read.
    pub(crate) status: Option<StatusArgs>,
    pub(crate) fields: Vec<FieldSyntax>,
    /// The mistakes in the attributes. They stay with the variant, so that all mistakes are reported in source order.
    pub(crate) errors: Errors,
}

pub(crate) struct FieldSyntax {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    pub(crate) args: FieldArgs,
    /// True if an attribute could not be read.
    pub(crate) is_unread: bool,
    /// True if the field holds the cause of the error, which stays with the service.
    pub(crate) is_source: bool,
}

impl ErrorSyntax {
    /// Takes `#[status]` off an item and reads it. Returns None for an item that is neither an enum nor a struct.
    pub(crate) fn parse(mut item: Item, args: ErrorArgs) -> (Item, Option<Self>) {
        let mut errors = Errors::default();
        let (ident, generics, defaults, variants) = match &mut item {
            Item::Enum(item) => {
                let description = format!("enum `{}`", item.ident);
                let defaults = take_status(&mut item.attrs, &description, &mut errors);
                let variants = item.variants.iter_mut().map(VariantSyntax::of_variant).collect();
                (item.ident.clone(), item.generics.clone(), defaults.unwrap_or_default(), variants)
            }
            Item::Struct(item) => {
                let variant = VariantSyntax::of_struct(item);
                (item.ident.clone(), item.generics.clone(), StatusArgs::default(), vec![variant])
            }
            _ => return (item, None),
        };
        let ErrorArgs { domain, max_size, .. } = args;
        (item, Some(Self { ident, generics, domain, max_size, defaults, variants, errors }))
    }
}

impl VariantSyntax {
    fn of_variant(variant: &mut syn::Variant) -> Self {
        let description = format!("variant `{}`", variant.ident);
        Self::parse(description, &variant.ident, true, &mut variant.attrs, &mut variant.fields)
    }

    fn of_struct(item: &mut syn::ItemStruct) -> Self {
        let description = format!("struct `{}`", item.ident);
        Self::parse(description, &item.ident, false, &mut item.attrs, &mut item.fields)
    }

    fn parse(
        description: String,
        name: &Ident,
        is_variant: bool,
        attrs: &mut Vec<Attribute>,
        fields: &mut Fields,
    ) -> Self {
        let mut errors = Errors::default();
        let cfgs = attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect();
        let status = if attrs.iter().any(is_status) {
            take_status(attrs, &description, &mut errors)
        } else {
            Some(StatusArgs::default())
        };
        let members: Vec<_> = fields.members().collect();
        let fields = fields.iter_mut().zip(members);
        let fields = fields.map(|(field, member)| FieldSyntax::parse(field, member, &mut errors)).collect();
        Self { description, name: name.clone(), is_variant, cfgs, status, fields, errors }
    }
}

impl FieldSyntax {
    fn parse(field: &mut syn::Field, member: Member, errors: &mut Errors) -> Self {
        let marks_source =
            |attr: &Attribute| ["from", "source", "backtrace"].iter().any(|name| attr.path().is_ident(name));
        let is_source =
            field.attrs.iter().any(marks_source) || field.ident.as_ref().is_some_and(|name| name == "source");
        if let Some(cfg) = field.attrs.iter().find(|attr| attr.path().is_ident("cfg")) {
            errors.error(cfg, "`#[cfg]` is not expected here; it belongs on the whole variant");
        }
        let (args, is_unread) = take_field_status(&mut field.attrs, &member, errors);
        Self { member, ty: field.ty.clone(), args, is_unread, is_source }
    }
}

/// Takes `#[status(...)]` off a field and reads it. Returns true as well if it could not be read.
fn take_field_status(attrs: &mut Vec<Attribute>, member: &Member, errors: &mut Errors) -> (FieldArgs, bool) {
    let mut args = FieldArgs::default();
    let mut is_unread = false;
    for (at, attr) in attrs.extract_if(.., |attr| is_status(attr)).enumerate() {
        if at == 1 {
            errors.error(&attr, "a field has a second `#[status]`; keep one");
        }
        if !matches!(attr.meta, Meta::List(_)) {
            let metadata = metadata_argument(member);
            let message = format!("`#[status]` on a field needs an argument; write `#[status({metadata})]`");
            errors.error(attr, message);
            is_unread = true;
        } else if let Some(parsed) = errors.ok(attr.parse_args()) {
            args = parsed;
        } else {
            is_unread = true;
        }
    }
    (args, is_unread)
}

/// Returns the argument by which a field is sent as metadata. A field without a name needs a key.
pub(crate) fn metadata_argument(member: &Member) -> &'static str {
    match member {
        Member::Named(_) => "metadata",
        Member::Unnamed(_) => "metadata = \"key\"",
    }
}

fn is_status(attr: &Attribute) -> bool {
    attr.path().is_ident("status")
}

/// Takes `#[status(...)]` off an item and reads it.
fn take_status(attrs: &mut Vec<Attribute>, description: &str, errors: &mut Errors) -> Option<StatusArgs> {
    let written: Vec<_> = attrs.extract_if(.., |attr| is_status(attr)).collect();
    let mut written = written.into_iter();
    let first = written.next()?;
    if let Some(second) = written.next() {
        errors.error(second, format!("{description} has a second status; keep one"));
    }
    if !matches!(first.meta, Meta::List(_)) {
        errors.error(first, "the code is missing; write `#[status(<code>)]`");
        return None;
    }
    errors.ok(first.parse_args())
}
