use syn::{Attribute, FnArg};

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
