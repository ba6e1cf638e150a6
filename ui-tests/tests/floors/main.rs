//! The files of a crate stand on floors: a file imports only files of its own room and of the floors below, and no
//! files import each other in a circle. `ARCHITECTURE.md` has the pictures of the floors that this test reads.
//!
//! The test reads what files name: `use` items, and paths such as `crate::Call`. It ignores docs, what is compiled
//! for tests only, and what a `quote!` holds. It follows re-exports to the file that defines a name. Therefore a
//! `pub use` in a `lib.rs` or a `mod.rs` is no import of that file, unless the file needs the name itself. The test does
//! not see which methods a file calls, because it does not know types.
//!
//! `FLOORS_ROOT=<a checkout> cargo test -p ui-tests --test floors` checks other sources than those of this workspace.

mod cases;
mod circles;
mod crate_tree;
mod imports;
mod names;
mod pictures;
mod resolve;
mod sources;

use std::env;
use std::path::{Path, PathBuf};

use crate_tree::Crate;
use imports::imports;
use pictures::Picture;
use sources::Sources;

/// The folders of the crates that must stand on floors.
const CRATES: [&str; 5] = ["runtime/src", "interceptors/src", "build/src", "macros/src", "benches/src"];

#[test]
fn no_file_imports_from_a_floor_above() {
    let pictures = pictures();
    let mut violations = Vec::new();
    for folder in CRATES {
        let crate_tree = parsed(folder);
        if !pictures.iter().any(|picture| picture.folders.iter().any(|other| other == folder)) {
            violations.push(format!("ARCHITECTURE.md has no picture of the floors of {folder}"));
        }
        let imports = imports(&crate_tree);
        let files = crate_tree.files();
        violations.extend(pictures.iter().flat_map(|picture| picture.violations(&files, &imports)));
    }
    violations.extend(pictures.iter().flat_map(|picture| picture.empty_rooms(&files())));
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut circles = Vec::new();
    for folder in CRATES {
        circles.extend(circles::circles(&imports(&parsed(folder))));
    }
    assert!(circles.is_empty(), "{} circles:\n\n{}", circles.len(), circles.join("\n\n"));
}

fn pictures() -> Vec<Picture> {
    let file = root().join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(file).expect("ARCHITECTURE.md can be read");
    pictures::parse(&text)
}

fn parsed(folder: &str) -> Crate {
    Crate::parse(&Sources::read(&root(), folder), &format!("{folder}/lib.rs"))
}

/// The files of all crates.
fn files() -> Vec<String> {
    CRATES.iter().flat_map(|folder| parsed(folder).files()).collect()
}

fn root() -> PathBuf {
    let workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    env::var_os("FLOORS_ROOT").map_or_else(workspace, PathBuf::from)
}
