use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, Generics, Item, LitStr, Member, Meta, Type};

use super::check;
use super::details::{Detail, Kind};
use super::parse::{FieldArgs, StatusArgs};
use super::text::Text;
use crate::codes::Code;
use crate::errors::Errors;
use crate::names::{mixed, screaming_snake_case};

/// An enum or a struct that is to turn into a status. A struct is an enum of one variant.
pub(super) struct ErrorType {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    /// Whose errors these are, if they are to be told apart across the wire.
    pub(super) domain: Option<Expr>,
    /// How many bytes the headers may have.
    pub(super) max_size: Option<Expr>,
    pub(super) variants: Vec<Variant>,
}

pub(super) struct Variant {
    /// None: the struct itself.
    pub(super) ident: Option<Ident>,
    pub(super) cfgs: Vec<Attribute>,
    pub(super) fields: Vec<Field>,
    pub(super) status: Status,
}

pub(super) struct Field {
    pub(super) member: Member,
    /// What texts know it by: its name, or `_0`.
    pub(super) binding: Ident,
    pub(super) ty: Type,
    /// The key under which it goes along in the metadata of `ErrorInfo`.
    pub(super) metadata: Option<LitStr>,
    /// The detail that it is.
    pub(super) detail: Option<&'static Kind>,
    /// Whether the client makes one up.
    pub(super) is_default: bool,
    /// Whether an attribute could not be read: what it says is not known.
    pub(super) is_unreadable: bool,
    /// Whether it is what is behind the error, which stays with the service.
    pub(super) is_source: bool,
}

impl Field {
    /// What a format string calls it.
    pub(super) fn name(&self) -> String {
        match &self.member {
            Member::Named(name) => name.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        }
    }

    /// Whether it is said what the client has of it.
    pub(super) fn is_marked(&self) -> bool {
        self.metadata.is_some() || self.detail.is_some() || self.is_default || self.is_unreadable
    }

    /// What a message calls it.
    pub(super) fn shown(&self) -> String {
        format!("field `{}`", self.name())
    }
}

/// Where the status of a variant comes from.
pub(super) enum Status {
    Own(Own),
    /// The only field turns into it.
    Transparent {
        prefix: Option<Text>,
    },
}

/// A status that the attributes describe.
pub(super) struct Own {
    pub(super) code: Code,
    pub(super) is_exposed: bool,
    /// The error's `Display` if there is none.
    pub(super) message: Option<Text>,
    pub(super) reason: LitStr,
    pub(super) details: Vec<Detail>,
}

impl Own {
    /// Whether there are expressions, which may use any field by its name.
    pub(super) fn has_expressions(&self) -> bool {
        self.texts().any(|text| matches!(text, Text::Expr(_))) || self.details.iter().any(Detail::is_expr)
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.message.iter().chain(self.details.iter().flat_map(Detail::all_texts))
    }
}

impl ErrorType {
    /// The item without our attributes, and its model unless it is no error type at all.
    pub(super) fn new(
        mut item: Item,
        domain: Option<Expr>,
        max_size: Option<Expr>,
        errors: &mut Errors,
    ) -> (Item, Option<Self>) {
        let has_domain = domain.is_some();
        let (ident, generics, variants) = match &mut item {
            Item::Enum(item) => {
                let defaults = take_status(&mut item.attrs, &format!("enum `{}`", item.ident), errors);
                check::defaults(&defaults, errors);
                let build = Build { has_domain, defaults: defaults.unwrap_or_default() };
                let variants: Vec<_> = item
                    .variants
                    .iter_mut()
                    .filter_map(|variant| {
                        let (what, name) = (format!("variant `{}`", variant.ident), variant.ident.clone());
                        build.variant(&what, name, true, &mut variant.attrs, &mut variant.fields, errors)
                    })
                    .collect();
                (item.ident.clone(), item.generics.clone(), variants)
            }
            Item::Struct(item) => {
                let build = Build { has_domain, defaults: StatusArgs::default() };
                let (what, name) = (format!("struct `{}`", item.ident), item.ident.clone());
                let variant = build.variant(&what, name, false, &mut item.attrs, &mut item.fields, errors);
                (item.ident.clone(), item.generics.clone(), variant.into_iter().collect())
            }
            _ => return (item, None),
        };
        check::reasons(has_domain, &variants, errors);
        (item, Some(Self { ident, generics, domain, max_size, variants }))
    }
}

/// What every variant of a type is built with.
struct Build {
    has_domain: bool,
    defaults: StatusArgs,
}

impl Build {
    fn variant(
        &self,
        what: &str,
        name: Ident,
        is_variant: bool,
        attrs: &mut Vec<Attribute>,
        fields: &mut syn::Fields,
        errors: &mut Errors,
    ) -> Option<Variant> {
        let cfgs = attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect();
        let is_written = attrs.iter().any(is_status);
        let args = take_status(attrs, what, errors);
        let mut fields = self.fields(fields, errors);
        let args = match args {
            Some(args) => args,
            // What is there could not be read, and that is one mistake.
            None if is_written => return None,
            None => StatusArgs::default(),
        };
        let status = if let Some(transparent) = &args.transparent {
            check::transparent(what, transparent, &args, &fields, errors);
            Status::Transparent { prefix: args.prefix.map(|(_, prefix)| prefix) }
        } else {
            let own = self.own(what, &name, args, &fields, errors)?;
            if !own.has_expressions() {
                // A constant of the user's may have the name of a field.
                fields.iter_mut().for_each(Field::hide_binding);
            }
            Status::Own(own)
        };
        Some(Variant { ident: is_variant.then_some(name), cfgs, fields, status })
    }

    fn own(
        &self,
        what: &str,
        name: &Ident,
        args: StatusArgs,
        fields: &[Field],
        errors: &mut Errors,
    ) -> Option<Own> {
        let Some(code) = args.code.clone().or(self.defaults.code.clone()) else {
            errors.error(
                name,
                format!("{what} has no status; write `#[status(<code>)]` or `#[status(transparent)]`"),
            );
            return None;
        };
        check::own(&code, self.has_domain, &args, fields, errors);
        let is_exposed = args.expose.or(self.defaults.expose.clone()).is_some();
        let default_message = self.defaults.message.clone().filter(|_| is_exposed || !code.is_redacted());
        let message = args.message.or(default_message).map(|(_, message)| message);
        let reason = match args.reason {
            Some((_, reason)) => reason,
            None => LitStr::new(&screaming_snake_case(&name.unraw().to_string()), name.span()),
        };
        let mut details = args.details;
        let is_given = |kind: &Kind| {
            details.iter().any(|detail| detail.kind == kind)
                || fields.iter().any(|field| field.detail == Some(kind))
        };
        let defaults = self.defaults.details.iter().filter(|detail| !is_given(detail.kind)).cloned();
        let defaults: Vec<_> = defaults.collect();
        details.extend(defaults);
        let own = Own { code, is_exposed, message, reason, details };
        own.texts().for_each(|text| text.check(what, fields, errors));
        Some(own)
    }

    fn fields(&self, fields: &mut syn::Fields, errors: &mut Errors) -> Vec<Field> {
        let members: Vec<_> = fields.members().collect();
        let fields: Vec<_> =
            fields.iter_mut().zip(members).map(|(field, member)| Field::new(field, member, errors)).collect();
        check::no_field_twice(&fields, errors);
        fields
    }
}

impl Field {
    fn hide_binding(&mut self) {
        self.binding = mixed(&format!("field_{}", self.name()));
    }

    fn new(field: &mut syn::Field, member: Member, errors: &mut Errors) -> Self {
        let is_source = field
            .attrs
            .iter()
            .any(|attr| ["from", "source", "backtrace"].iter().any(|name| attr.path().is_ident(name)))
            || field.ident.as_ref().is_some_and(|name| name == "source");
        let mut args = FieldArgs::default();
        let mut is_unreadable = false;
        if let Some(cfg) = field.attrs.iter().find(|attr| attr.path().is_ident("cfg")) {
            errors.error(cfg, "`#[cfg]` is not expected here; it belongs on the whole variant");
        }
        for (at, attr) in field.attrs.extract_if(.., |attr| is_status(attr)).enumerate() {
            if at == 1 {
                errors.error(&attr, "a field has a second `#[status]`; keep one");
            }
            if !matches!(attr.meta, Meta::List(_)) {
                let metadata = check::metadata_of(&member);
                let message =
                    format!("`#[status]` on a field needs an argument; write `#[status({metadata})]`");
                errors.error(attr, message);
                is_unreadable = true;
            } else if let Some(parsed) = errors.ok(attr.parse_args()) {
                args = parsed;
            } else {
                is_unreadable = true;
            }
        }
        let binding = match &member {
            Member::Named(name) => name.clone(),
            Member::Unnamed(index) => format_ident!("_{}", index.index),
        };
        check::field(&args, errors);
        let metadata = args.metadata.and_then(|(key, name)| match (name, &field.ident) {
            (Some(name), _) => Some(name),
            (None, Some(name)) => Some(LitStr::new(&name.unraw().to_string(), name.span())),
            (None, None) => {
                errors
                    .error(key, "a field without a name needs a key; write `#[status(metadata = \"key\")]`");
                is_unreadable = true;
                None
            }
        });
        Self {
            member,
            binding,
            ty: field.ty.clone(),
            metadata,
            detail: args.detail.map(|(_, kind)| kind),
            is_default: args.default.is_some(),
            is_unreadable,
            is_source,
        }
    }
}

fn is_status(attr: &Attribute) -> bool {
    attr.path().is_ident("status")
}

/// Takes `#[status(...)]` off an item, and reads it.
fn take_status(attrs: &mut Vec<Attribute>, what: &str, errors: &mut Errors) -> Option<StatusArgs> {
    let mut written = attrs.extract_if(.., |attr| is_status(attr));
    let first = written.next()?;
    if let Some(second) = written.next() {
        errors.error(second, format!("{what} has a second status; keep one"));
    }
    if !matches!(first.meta, Meta::List(_)) {
        errors.error(first, "no code is named; write `#[status(<code>)]`");
        return None;
    }
    errors.ok(first.parse_args())
}
