//! Fields with `debug_redact`. `proto/tests/debug_redact.rs` runs the code.

use super::support::Protos;
use vestibule_build::{configure, tonic_prost_build};

const SKIP_DEBUG: &str = "#[prost(skip_debug)]";
const MARK: &str = "`Debug` prints `[redacted]`";

fn login(option: &str) -> Protos {
    let text = format!(
        r#"
        syntax = "proto3";
        package users;
        message Login {{ string password = 1 {option}; }}
        message Other {{ string text = 1; enum Kind {{ NONE = 0; }} }}
        "#
    );
    Protos::new(&[("users.proto", &text)])
}

#[test]
fn a_message_with_such_a_field_has_an_impl_of_its_own() {
    let protos = login("[debug_redact = true]");
    let code = protos.code(protos.builder(), "users.rs");
    assert_eq!(code.matches(SKIP_DEBUG).count(), 1, "{code}");
    assert_eq!(code.matches(MARK).count(), 1, "{code}");
    assert_eq!(code.matches("impl ::core::fmt::Debug for Login").count(), 1, "{code}");
}

#[test]
fn a_message_without_such_a_field_is_left_as_it_is() {
    for option in ["", "[debug_redact = false]"] {
        let protos = login(option);
        let code = protos.code(protos.builder(), "users.rs");
        assert!(
            !code.contains(SKIP_DEBUG) && !code.contains(MARK) && !code.contains("impl ::core"),
            "{code}"
        );
    }
}

#[test]
fn an_impl_of_the_user_stays_the_only_one() {
    for path in [".", ".users.Login", ".users"] {
        let protos = login("[debug_redact = true]");
        let mut prost = tonic_prost_build::Config::new();
        prost.skip_debug([path]);
        let code = protos.code(protos.builder().prost(prost), "users.rs");
        assert!(!code.contains("impl ::core::fmt::Debug"), "{code}");
    }
}

#[test]
fn an_encoded_set_keeps_the_option() {
    let protos = login("[debug_redact = true]");
    let set = protos.path().join("set.bin");
    protos.code(protos.builder().file_descriptor_set_path(&set), "users.rs");
    let again = tempfile::tempdir().expect("a folder for a test");
    let builder = configure().tonic(tonic_prost_build::configure().out_dir(again.path()));
    builder
        .compile_encoded_fds(&std::fs::read(&set).expect("the set has been written"))
        .expect("it is valid");
    let code = std::fs::read_to_string(again.path().join("users.rs")).expect("the code has been written");
    assert!(code.contains("impl ::core::fmt::Debug for Login"), "{code}");
}

/// Without the formatter, prost's code has other lines.
#[test]
fn code_that_is_not_formatted_is_redacted_too() {
    let protos = login("[debug_redact = true]");
    let mut prost = tonic_prost_build::Config::new();
    prost.format(false);
    let code = protos.code(protos.builder().prost(prost), "users.rs");
    assert_eq!(code.matches(SKIP_DEBUG).count(), 1, "{code}");
    assert!(code.contains("Debug for Login"), "{code}");
}
