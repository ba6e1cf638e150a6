//! Which file imports which, and for what names.

use std::collections::BTreeMap;
use std::fmt;

use super::crate_tree::{Crate, Module, is_index};
use super::resolve::Definition;

/// All that one file imports from another.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) from: String,
    pub(crate) to: String,
    /// The first line that imports.
    pub(crate) line: usize,
    pub(crate) names: Vec<String>,
}

impl fmt::Display for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, line, names } = self;
        write!(f, "{from}:{line} -> {to} ({})", names.join(", "))
    }
}

/// Returns the imports of a crate, at most one from a file to another.
pub(crate) fn imports(crate_tree: &Crate) -> Vec<Import> {
    let mut found: BTreeMap<(&str, String), (usize, Vec<String>)> = BTreeMap::new();
    for (path, module) in &crate_tree.modules {
        for (target, name, line) in names(crate_tree, path, module) {
            if target != module.file {
                let (first, names) = found.entry((&module.file, target)).or_insert((line, Vec::new()));
                *first = line.min(*first);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    let import =
        |((from, to), (line, names)): ((&str, _), _)| Import { from: from.to_owned(), to, line, names };
    found.into_iter().map(import).collect()
}

/// Returns the names that a module takes from a file of the crate, with that file and the line.
fn names(crate_tree: &Crate, path: &[String], module: &Module) -> Vec<(String, String, usize)> {
    let mut found = Vec::new();
    for used in &module.names.used {
        // A `mod.rs` may re-export what is in its own folder, and `lib.rs` all of the crate.
        let folder = module.file.rfind('/').map_or("", |end| &module.file[..=end]);
        let is_re_export = used.is_public && is_index(&module.file);
        match crate_tree.resolve(path, &used.path) {
            Some(Definition::Item { file, name }) if !is_re_export || !file.starts_with(folder) => {
                found.push((file, name, used.line));
            }
            // The names of a glob are unknown, so the module counts.
            Some(Definition::Module(module)) if !is_re_export && used.name.is_none() => {
                found.push((crate_tree.modules[&module].file.clone(), "*".to_owned(), used.line));
            }
            // An import of a module counts where a path goes through it.
            _ => {}
        }
    }
    for mention in &module.names.mentioned {
        if let Some(Definition::Item { file, name }) = crate_tree.resolve(path, &mention.path) {
            found.push((file, name, mention.line));
        }
    }
    found
}
