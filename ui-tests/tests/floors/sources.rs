//! The texts of Rust files, from a folder or from a test case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The texts of Rust files by their paths, which are relative to the workspace and have slashes.
pub(crate) struct Sources(BTreeMap<String, String>);

impl Sources {
    /// Reads all Rust files of a folder.
    pub(crate) fn read(root: &Path, folder: &str) -> Self {
        let mut sources = Self(BTreeMap::new());
        sources.read_folder(&root.join(folder), folder);
        sources
    }

    /// Takes the files from the text of a test case, where a line such as `//- src/lib.rs` precedes each file.
    pub(crate) fn from_case(case: &str) -> Self {
        let files = case.split("//- ").skip(1);
        Self(files.map(|file| file.split_once('\n').expect("a file has lines")).map(owned).collect())
    }

    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    fn read_folder(&mut self, folder: &Path, name: &str) {
        for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry of a folder can be read").path();
            let file_name = path.file_name().expect("an entry has a name").to_string_lossy();
            let name = format!("{name}/{file_name}");
            if path.is_dir() {
                self.read_folder(&path, &name);
            } else if name.ends_with(".rs") {
                self.0.insert(name, fs::read_to_string(&path).expect("a source can be read"));
            }
        }
    }
}

fn owned((path, text): (&str, &str)) -> (String, String) {
    (path.trim().to_owned(), text.to_owned())
}
