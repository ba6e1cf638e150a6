//! The attributes of a parameter: `#[metadata("key")]` and `#[extract]`.

use syn::{Attribute, Expr, ExprLit, FnArg, Lit, Meta, MetaNameValue, Signature};

use crate::common::cfgs::Conditional;
use crate::common::errors::Errors;
use crate::common::metadata_key::MetadataKey;
use crate::common::suggest;

/// The attributes of one parameter that are ours.
pub(crate) struct ParameterAttributes {
    pub(crate) metadata: Option<MetadataKey>,
    pub(crate) is_extractor: bool,
}

impl ParameterAttributes {
    /// Takes our attributes off all parameters, the receiver included.
    pub(crate) fn take_all(sig: &mut Signature, errors: &mut Errors) -> Vec<Self> {
        let attributes = sig.inputs.iter_mut().map(|input| {
            let conditional = take_conditional(input, errors);
            let metadata = take_metadata(input, errors);
            let is_extractor = take_extract(input, metadata.is_some(), errors);
            // An attribute that is not read may be the one that says what the parameter is.
            Self { metadata, is_extractor: is_extractor || conditional }
        });
        attributes.collect()
    }
}

/// Takes a `#[cfg_attr]` with one of our attributes off a parameter, and returns true if it was there.
fn take_conditional(input: &mut FnArg, errors: &mut Errors) -> bool {
    let FnArg::Typed(param) = input else { return false };
    let mut is_found = false;
    param.attrs.retain(|attr| {
        let conditional = Conditional::find(attr, &["cfg", "extract", "metadata"]);
        if let Some(conditional) = &conditional {
            errors.error(&conditional.attribute, conditional.message("parameter"));
            is_found = true;
        }
        conditional.is_none()
    });
    is_found
}

/// Takes `#[metadata("key")]` off a parameter.
fn take_metadata(input: &mut FnArg, errors: &mut Errors) -> Option<MetadataKey> {
    let is_receiver = matches!(input, FnArg::Receiver(_));
    let attrs = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(param) => &mut param.attrs,
    };
    let mut key = None;
    attrs.retain(|attr| {
        if !is_metadata(attr, errors) {
            return true;
        }
        let parsed = match &attr.meta {
            Meta::List(_) => attr.parse_args(),
            meta => Err(syn::Error::new_spanned(attr, no_key(meta))),
        };
        if key.is_some() {
            errors.error(attr, "`#[metadata]` is given twice; keep one");
        } else if is_receiver {
            errors.error(attr, "`self` is not metadata; remove `#[metadata]`");
        }
        key = Some(errors.ok(parsed).unwrap_or_else(MetadataKey::placeholder));
        false
    });
    key
}

/// Takes `#[extract]` off a parameter, and returns true if it was there.
fn take_extract(input: &mut FnArg, has_key: bool, errors: &mut Errors) -> bool {
    let FnArg::Typed(param) = input else { return false };
    let mut extracts = param.attrs.extract_if(.., |attr| attr.path().is_ident("extract"));
    let Some(attr) = extracts.next() else { return false };
    if has_key {
        errors.error(&attr, "a parameter is either an extractor or metadata; keep one of the attributes");
    } else if !matches!(attr.meta, Meta::Path(_)) {
        errors.error(
            &attr,
            "`#[extract]` takes no arguments, because the type says what is extracted; write `#[extract]`",
        );
    }
    true
}

/// Returns true for `#[metadata]`, and for a misspelt one.
fn is_metadata(attr: &Attribute, errors: &mut Errors) -> bool {
    let Some(name) = attr.path().get_ident() else { return false };
    if name == "metadata" {
        return true;
    }
    let nearest = suggest::nearest(&name.to_string(), &["metadata", "extract"]);
    if name != "extract" && nearest == Some("metadata") {
        errors.error(name, format!("unknown attribute `{name}`; did you mean `metadata`?"));
        return true;
    }
    false
}

/// Makes the message about `#[metadata]` and `#[metadata = "key"]`.
fn no_key(meta: &Meta) -> String {
    let key = match meta {
        Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(key), .. }), .. }) => {
            key.value()
        }
        _ => "key".to_owned(),
    };
    format!("the metadata key is missing; write `#[metadata({key:?})]`")
}
