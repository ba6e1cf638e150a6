//! What tonic's generated code says of itself.

use syn::{Attribute, File, Item, ItemMod, TraitItem};

/// The module of tonic's generated server.
pub(crate) struct ServerModule {
    /// Its `#[cfg]` attributes, which an impl for the server needs as well.
    pub(crate) cfgs: Vec<Attribute>,
    /// The methods of the trait that have a default, by their names without `r#`.
    pub(crate) stubs: Vec<String>,
}

impl ServerModule {
    /// Finds the module in the code of a service, or returns `None` if no server is generated.
    pub(crate) fn find(code: &File, module: &str, service: &str) -> Option<Self> {
        let items = code.items.iter();
        let mut found = items.filter_map(|item| match item {
            Item::Mod(item) if item.ident == module => Some(item),
            _ => None,
        });
        let module = found.next_back()?;
        let is_cfg = |attr: &&Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr");
        Some(Self {
            cfgs: module.attrs.iter().filter(is_cfg).cloned().collect(),
            stubs: stubs(module, service),
        })
    }
}

fn stubs(module: &ItemMod, service: &str) -> Vec<String> {
    let items = module.content.iter().flat_map(|(_, items)| items);
    let methods = items.flat_map(|item| match item {
        Item::Trait(item) if item.ident == service => item.items.as_slice(),
        _ => &[],
    });
    let stubs = methods.filter_map(|item| match item {
        TraitItem::Fn(method) if method.default.is_some() => Some(&method.sig.ident),
        _ => None,
    });
    stubs.map(|name| name.to_string().trim_start_matches("r#").to_owned()).collect()
}
