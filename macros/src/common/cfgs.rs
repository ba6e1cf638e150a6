use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, Token};

use super::types::to_source;

/// Returns the `#[cfg]` attributes among `attrs`.
pub(crate) fn cfgs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
}

/// Returns the `#[cfg]` attributes of a parameter or a receiver.
pub(crate) fn cfgs_of(input: &FnArg) -> impl Iterator<Item = &Attribute> {
    cfgs(match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(param) => &param.attrs,
    })
}

/// A `#[cfg_attr]` around an attribute that a macro must see. rustc does not expand it below an attribute macro.
pub(crate) struct Conditional {
    pub(crate) condition: Meta,
    pub(crate) attribute: Meta,
}

impl Conditional {
    /// Returns the first of `names` in a `#[cfg_attr]`.
    pub(crate) fn find(attr: &Attribute, names: &[&str]) -> Option<Self> {
        Self::find_in(&attr.meta, names)
    }

    fn find_in(meta: &Meta, names: &[&str]) -> Option<Self> {
        let Meta::List(list) = meta else { return None };
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
        let condition = metas.first()?;
        metas.iter().skip(1).find_map(|attribute| {
            let name = attribute.path().segments.last()?.ident.to_string();
            if names.contains(&name.as_str()) {
                return Some(Self { condition: condition.clone(), attribute: attribute.clone() });
            }
            Self::find_in(attribute, names)
        })
    }

    /// Makes the message about this attribute on an item of a kind, such as a method.
    pub(crate) fn message(&self, kind: &str) -> String {
        let name = to_source(self.attribute.path());
        let condition = to_source(&self.condition);
        match &self.attribute {
            Meta::List(cfg) if cfg.path.is_ident("cfg") => format!(
                "`#[cfg]` can't stand in `#[cfg_attr]`; write `#[cfg(any(not({condition}), {}))]`",
                cfg.tokens
            ),
            _ => format!(
                "`#[{name}]` can't stand in `#[cfg_attr]`; write the {kind} twice, one of them with `#[cfg({condition})]`"
            ),
        }
    }
}
