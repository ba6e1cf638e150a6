//! The code that a message advises compiles. Beside each `fail/<mistake>.rs` stands a `remedy/<mistake>.rs`, which follows the
//! advice of the `.stderr` file to the letter. This crate compiles all remedies.
#![allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_variables,
    clippy::all,
    clippy::pedantic,
    reason = "a remedy mends only its mistake"
)]

use std::fs;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/remedies.rs"));

/// Mistakes that no message can say how to mend.
const WITHOUT: &[&str] = &[];

#[test]
fn every_mistake_has_a_remedy() {
    let mut missing = Vec::new();
    for mistake in mistakes() {
        let name = mistake.file_stem().expect("it has a name");
        let remedy = mistake.with_file_name("../remedy").join(name).with_extension("rs");
        let is_excused = WITHOUT.iter().any(|without| mistake.ends_with(without));
        if is_excused == remedy.exists() {
            missing.push(mistake);
        }
    }
    assert!(missing.is_empty(), "no remedy, or one too many, of {missing:#?}");
}

/// A remedy proves nothing if its mistake does not exist, or if the two files are equal.
#[test]
fn every_remedy_mends_a_mistake() {
    for mistake in mistakes() {
        let name = mistake.file_name().expect("it has a name");
        let remedy = mistake.with_file_name("../remedy").join(name);
        if remedy.exists() {
            let [before, after] =
                [&mistake, &remedy].map(|path| fs::read_to_string(path).expect("it can be read"));
            assert_ne!(before, after, "{} mends nothing", remedy.display());
        }
    }
    for remedy in sources("remedy") {
        let mistake = remedy.with_file_name("../fail").join(remedy.file_name().expect("it has a name"));
        assert!(mistake.exists(), "{} is the remedy of no mistake", remedy.display());
    }
}

fn mistakes() -> Vec<PathBuf> {
    let found = sources("fail");
    assert!(found.len() > 100, "only {} mistakes were found", found.len());
    found
}

/// Returns the Rust files in the folders of this name. Each group of tests has one.
fn sources(folder: &str) -> Vec<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let groups = paths(&tests).into_iter().map(|group| group.join(folder)).filter(|folder| folder.is_dir());
    let files = groups.flat_map(|folder| paths(&folder));
    files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect()
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("it can be read").path()).collect()
}
