//! The file that defines a name: `use crate::Call` leads through the re-export in `lib.rs` to `call.rs`.

use super::crate_tree::{Crate, ModulePath};

/// What a path of the same crate leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Definition {
    Module(ModulePath),
    Item { file: String, name: String },
}

impl Crate {
    /// Returns nothing for a name of another crate.
    pub(crate) fn resolve(&self, from: &[String], path: &[String]) -> Option<Definition> {
        Resolver { crate_tree: self, active: Vec::new() }.resolve(from, path)
    }
}

struct Resolver<'a> {
    crate_tree: &'a Crate,
    /// The names that are being resolved. One that leads to itself belongs to another crate: `use http;`.
    active: Vec<(ModulePath, String)>,
}

impl Resolver<'_> {
    fn resolve(&mut self, from: &[String], path: &[String]) -> Option<Definition> {
        let mut module = from.to_vec();
        let mut is_own = false;
        for (at, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" => module.clear(),
                "self" => {}
                "super" => drop(module.pop()),
                name => match self.named(&module, name, at + 1 == path.len()) {
                    Some(Definition::Module(child)) => module = child,
                    Some(item) => return Some(item),
                    // A macro has made the item.
                    None if is_own => return Some(self.item_of(&module, name)),
                    None => return None,
                },
            }
            is_own = true;
        }
        Some(Definition::Module(module))
    }

    /// Returns what a name means in a module. The last name of a path means a function rather than a module.
    fn named(&mut self, module: &[String], name: &str, is_last: bool) -> Option<Definition> {
        let key = (module.to_vec(), name.to_owned());
        if self.active.contains(&key) {
            return None;
        }
        self.active.push(key);
        let child = [module, &[name.to_owned()]].concat();
        let child = self.crate_tree.modules.contains_key(&child).then_some(Definition::Module(child));
        let found = if is_last {
            self.item(module, name).or(child)
        } else {
            child.or_else(|| self.item(module, name))
        };
        self.active.pop();
        found
    }

    /// Returns what an item or an import of a module has this name for.
    fn item(&mut self, module: &[String], name: &str) -> Option<Definition> {
        let found = &self.crate_tree.modules[module];
        if found.names.defined.contains(name) {
            return Some(self.item_of(module, name));
        }
        let imports = |used: &&super::names::Use| used.name.as_deref() == Some(name);
        if let Some(used) = found.names.used.iter().find(imports) {
            return self.resolve(module, &used.path);
        }
        let mut globs = found.names.used.iter().filter(|used| used.name.is_none());
        globs.find_map(|glob| match self.resolve(module, &glob.path)? {
            Definition::Module(module) => self.named(&module, name, true),
            Definition::Item { .. } => None,
        })
    }
    fn item_of(&self, module: &[String], name: &str) -> Definition {
        Definition::Item { file: self.crate_tree.modules[module].file.clone(), name: name.to_owned() }
    }
}
