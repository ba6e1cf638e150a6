//! Each message of the macros stands in some `.stderr` file, where the person who changes it reads it.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

#[test]
fn every_message_is_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let recorded: String = files(&root.join("tests"), "stderr").into_iter().map(read).collect();
    let mut messages = Vec::new();
    for source in files(&root.join("../macros/src"), "rs") {
        if !source.ends_with("tests.rs") {
            collect(TokenStream::from_str(&read(source)).expect("sources are Rust"), &mut messages);
        }
    }
    assert!(messages.len() > 30, "only {} messages were found", messages.len());
    let missing: Vec<_> = messages.iter().filter(|message| !is_recorded(message, &recorded)).collect();
    assert!(missing.is_empty(), "no UI test shows {missing:#?}");
}

/// No recorded error shows a name that users cannot look up, such as one of the expansion.
#[test]
fn no_private_name_is_recorded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in files(&root.join("tests"), "stderr") {
        let shown = file.display().to_string();
        for line in read(file).lines() {
            // This is a macro of std.
            let line = line.replace("$crate::__export::format_args", "format_args");
            let is_hidden = |word: &str| word.starts_with("__") && word.contains(char::is_alphabetic);
            let modules =
                ["vestibule::call::", "vestibule::chain::", "vestibule::method::", "vestibule::status::"];
            let is_private = ["private", "RestRef"].iter().chain(&modules).any(|name| line.contains(name))
                || line.split(|c: char| !c.is_alphanumeric() && c != '_').any(is_hidden);
            assert!(!is_private, "{shown} has a private name: {line}");
        }
    }
}

/// Collects the string literals of several words. Docs and the messages of `expect` and `unreachable` are not for users.
fn collect(tokens: TokenStream, messages: &mut Vec<String>) {
    let mut skip_group = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                if !std::mem::take(&mut skip_group) {
                    collect(group.stream(), messages);
                }
            }
            TokenTree::Punct(punct) => {
                skip_group = matches!(punct.as_char(), '#') || skip_group && punct.as_char() == '!';
            }
            TokenTree::Ident(ident) => {
                skip_group = ident == "expect" || ident == "quote" || ident == "unreachable";
            }
            TokenTree::Literal(literal) => {
                let literal = literal.to_string();
                if literal.starts_with('"') && literal.split(' ').count() > 2 {
                    messages.push(literal[1..literal.len() - 1].replace("\\\"", "\""));
                }
            }
        }
    }
}

/// Returns true if the recorded messages contain all fixed parts of a format string.
fn is_recorded(message: &str, recorded: &str) -> bool {
    let parts = message.split('{').map(|part| part.split_once('}').map_or(part, |(_, fixed)| fixed));
    parts.into_iter().all(|part| recorded.contains(part))
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(path).expect("the file can be read")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found
}
