//! Lists the remedies as modules, so that one crate compiles them all.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let tests = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says where this is")).join("tests");
    let mut modules = String::new();
    for group in sorted(&tests).into_iter().filter(|group| group.is_dir()) {
        let folder = group.join("remedy");
        println!("cargo::rerun-if-changed={}", folder.display());
        if folder.is_dir() {
            writeln!(modules, "mod {} {{", stem(&group)).expect("a string has room");
            for file in sorted(&folder) {
                writeln!(modules, "#[path = {file:?}] mod {};", stem(&file)).expect("a string has room");
            }
            modules.push_str("}\n");
        }
    }
    let out = Path::new(&env::var("OUT_DIR").expect("cargo says where to")).join("remedies.rs");
    fs::write(out, modules).expect("the list can be written");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().expect("it has a name").to_string_lossy().into_owned()
}
