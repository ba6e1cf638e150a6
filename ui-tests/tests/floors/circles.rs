//! Files that import each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Import;

/// Returns all imports of each circle, one a line. Files that reach each other belong to one circle. A line with
/// `<->` is one of two files that import each other directly.
pub(crate) fn circles(imports: &[Import]) -> Vec<String> {
    let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for import in imports {
        by_file.entry(&import.from).or_default().push(&import.to);
    }
    let reached: BTreeMap<_, _> = by_file.keys().map(|file| (*file, reached(&by_file, file))).collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|files| files.contains(to));
    let mut circles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for import in imports {
        if reaches(&import.to, &import.from) {
            // The first file of a circle stands for the circle.
            let files = reached[import.from.as_str()].iter();
            let first =
                files.filter(|file| reaches(file, &import.from)).min().expect("the file reaches itself");
            let is_mutual = by_file[import.to.as_str()].contains(&import.from.as_str());
            let line = import.to_string().replacen("->", if is_mutual { "<->" } else { "->" }, 1);
            circles.entry(first).or_default().push(line);
        }
    }
    circles.into_values().map(|lines| format!("{} imports:\n{}", lines.len(), lines.join("\n"))).collect()
}

/// Returns the files that a file imports, directly or through others.
fn reached<'a>(by_file: &BTreeMap<&'a str, Vec<&'a str>>, file: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        for target in by_file.get(file).into_iter().flatten() {
            if found.insert(*target) {
                open.push(target);
            }
        }
    }
    found
}
