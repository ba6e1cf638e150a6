use syn::parse::ParseStream;
use syn::{Attribute, Fields, Generics, Ident, Item, Meta, Path, Type};

use crate::codes::Code;
use crate::errors::Errors;

/// An enum or a struct that is to turn into a status. A struct is an enum of one variant.
pub(super) struct ErrorType {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    pub(super) variants: Vec<Variant>,
}

pub(super) struct Variant {
    /// None: the struct itself.
    pub(super) ident: Option<Ident>,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) status: Status,
}

/// Where the status of a variant comes from.
pub(super) enum Status {
    /// This code, with the error's `Display` as the message.
    Code(Code),
    /// The only field turns into it.
    Transparent(syn::Member, Type),
}

/// What `#[status(...)]` says.
enum Written {
    Code(Code),
    Transparent(Ident),
}

impl ErrorType {
    /// The item without our attributes, and its model unless it is no error type at all.
    pub(super) fn new(mut item: Item, errors: &mut Errors) -> (Item, Option<Self>) {
        let model = match &mut item {
            Item::Enum(item) => {
                let variants: Vec<_> = item
                    .variants
                    .iter_mut()
                    .filter_map(|variant| {
                        let name = variant.ident.clone();
                        let what = format!("variant `{name}`");
                        let status = status(&mut variant.attrs, &what, &name, &variant.fields, errors)?;
                        let cfgs = variant
                            .attrs
                            .iter()
                            .filter(|attr| attr.path().is_ident("cfg"))
                            .cloned()
                            .collect();
                        Some(Variant { ident: Some(name), cfgs, status })
                    })
                    .collect();
                if let Some(attr) = take_status(&mut item.attrs).first() {
                    errors.error(attr, "`#[status]` is not expected here; it belongs on each variant");
                }
                Some((item.ident.clone(), item.generics.clone(), variants))
            }
            Item::Struct(item) => {
                let what = format!("struct `{}`", item.ident);
                let status = status(&mut item.attrs, &what, &item.ident, &item.fields, errors);
                let variants = status.map(|status| Variant { ident: None, cfgs: Vec::new(), status });
                Some((item.ident.clone(), item.generics.clone(), variants.into_iter().collect()))
            }
            _ => {
                let message = "`#[grpc_error]` is not expected here; put it on an enum or a struct";
                errors.push(syn::Error::new(proc_macro2::Span::call_site(), message));
                None
            }
        };
        (item, model.map(|(ident, generics, variants)| Self { ident, generics, variants }))
    }
}

fn status(
    attrs: &mut Vec<Attribute>,
    what: &str,
    name: &Ident,
    fields: &Fields,
    errors: &mut Errors,
) -> Option<Status> {
    let written = take_status(attrs);
    let Some((first, others)) = written.split_first() else {
        errors.error(
            name,
            format!("{what} has no status; write `#[status(<code>)]` or `#[status(transparent)]`"),
        );
        return None;
    };
    if let Some(second) = others.first() {
        errors.error(second, format!("{what} has a second status; keep one"));
    }
    if !matches!(first.meta, Meta::List(_)) {
        errors.error(first, "no code is named; write `#[status(<code>)]`");
        return None;
    }
    match errors.ok(first.parse_args_with(Written::parse))? {
        Written::Code(code) => Some(Status::Code(code)),
        Written::Transparent(keyword) => {
            let mut members = fields.members().zip(fields);
            match (members.next(), members.next()) {
                (Some((member, field)), None) => Some(Status::Transparent(member, field.ty.clone())),
                _ => {
                    errors.error(keyword, format!("{what} must have exactly one field to be `transparent`"));
                    None
                }
            }
        }
    }
}

fn take_status(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    attrs.extract_if(.., |attr| attr.path().is_ident("status")).collect()
}

impl Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path: Path = input.parse().map_err(|error| {
            syn::Error::new(error.span(), "expected a code such as `InvalidArgument`, or `transparent`")
        })?;
        match path.get_ident() {
            Some(name) if name == "transparent" => Ok(Self::Transparent(name.clone())),
            _ => Code::new(path).map(Self::Code),
        }
    }
}
