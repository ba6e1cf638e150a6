//! The macros know the phases by their names, and the runtime has a type for each. Both list them, because the macros do not
//! depend on the runtime.

use std::fs;
use std::path::Path;

#[test]
fn the_macros_and_the_runtime_have_the_same_phases_in_the_same_order() {
    let of_macros = read("macros/src/args/phase.rs");
    let of_macros = between(&of_macros, "const PHASES: [&str; 7] = [", "];");
    let of_macros: Vec<_> = of_macros.split(',').map(|name| name.trim().trim_matches('"')).collect();
    let of_runtime = read("runtime/src/phase/mod.rs");
    let of_types = between(&of_runtime, "\nphases! {\n", "\n}");
    let of_types: Vec<_> = of_types
        .lines()
        .filter(|line| !line.trim().starts_with("///"))
        .filter_map(|line| Some(line.trim().split_once(',')?.0))
        .collect();
    let of_docs = of_runtime.lines().filter_map(|line| line.strip_prefix("//! | [`")?.split_once('`'));
    let of_docs: Vec<_> = of_docs.map(|(name, _)| name).collect();
    assert_eq!(of_macros.len(), 7);
    assert_eq!(of_macros, of_types);
    assert_eq!(of_macros, of_docs);
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(path).expect("the file is there")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect("the list begins");
    rest.split_once(end).expect("the list ends").0
}
