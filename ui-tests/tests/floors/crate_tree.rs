//! The modules of a crate, as its `mod` items declare them.

use std::collections::BTreeMap;

use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta};

use super::names::{Names, is_for_tests};
use super::sources::Sources;

/// The names that lead from the root of a crate to a module.
pub(crate) type ModulePath = Vec<String>;

/// A crate without what is compiled for tests only.
#[derive(Default)]
pub(crate) struct Crate {
    pub(crate) modules: BTreeMap<ModulePath, Module>,
}

/// A module: a file, or a part of one in braces.
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) names: Names,
}

/// Where a module stands.
struct Place {
    path: ModulePath,
    file: String,
    /// The folder of the files of its child modules.
    folder: String,
}

impl Crate {
    pub(crate) fn parse(sources: &Sources, root: &str) -> Self {
        let mut crate_tree = Self::default();
        let exists = crate_tree.parse_file(sources, Vec::new(), root);
        assert!(exists, "there is no {root}");
        crate_tree
    }

    /// Returns each file once.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files: Vec<_> = self.modules.values().map(|module| module.file.clone()).collect();
        files.sort();
        files.dedup();
        files
    }

    /// Returns false if there is no such file.
    fn parse_file(&mut self, sources: &Sources, path: ModulePath, file: &str) -> bool {
        let Some(text) = sources.get(file) else { return false };
        let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let folder = if is_index(file) { parent(file) } else { file.trim_end_matches(".rs") };
        self.add(sources, Place { path, file: file.to_owned(), folder: folder.to_owned() }, &syntax.items);
        true
    }

    fn add(&mut self, sources: &Sources, place: Place, items: &[Item]) {
        let mut names = Names::default();
        for item in items {
            match item {
                Item::Mod(child) if is_for_tests(&child.attrs) => {}
                Item::Mod(child) => self.add_child(sources, &place, child),
                item => names.add(item),
            }
        }
        self.modules.insert(place.path, Module { file: place.file, names });
    }

    fn add_child(&mut self, sources: &Sources, place: &Place, child: &ItemMod) {
        let name = child.ident.to_string();
        let path = [place.path.as_slice(), std::slice::from_ref(&name)].concat();
        let stem = format!("{}/{name}", place.folder);
        if let Some((_, items)) = &child.content {
            self.add(sources, Place { path, file: place.file.clone(), folder: stem }, items);
        } else if let Some(file) = path_attribute(&child.attrs) {
            let file = format!("{}/{file}", parent(&place.file));
            assert!(self.parse_file(sources, path, &file), "{}: there is no {file}", place.file);
        } else {
            let found = self.parse_file(sources, path.clone(), &format!("{stem}.rs"))
                || self.parse_file(sources, path, &format!("{stem}/mod.rs"));
            assert!(found, "{}: there is no file of `mod {name};`", place.file);
        }
    }
}

/// Returns true for a file whose child modules are its neighbours.
pub(crate) fn is_index(file: &str) -> bool {
    matches!(file.rsplit('/').next(), Some("lib.rs" | "mod.rs"))
}

fn parent(file: &str) -> &str {
    file.rsplit_once('/').expect("a file is in a folder").0
}

/// Returns the file that a `#[path = "..."]` names.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(file), .. }) => Some(file.value()),
            _ => None,
        },
        _ => None,
    })
}
