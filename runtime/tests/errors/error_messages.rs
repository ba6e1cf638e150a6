//! The code and the message of an error are those of its attributes.

use vestibule::{Code, Status, grpc_error};

/// Returns the code and the message of an error's status.
pub(crate) fn code_and_message(error: impl Into<Status>) -> (Code, String) {
    let status = error.into();
    (status.code(), status.message().to_owned())
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("display: {self:?}")]
#[status(Aborted)]
enum Error {
    Default,
    #[status(message = "literal")]
    Literal,
    #[status(message = "{{}} {0:>3} {1:?} {1:.2$}")]
    Tuple(u8, &'static str, usize),
    #[status(message = "{name} {width:>width$} {r#type}")]
    Named {
        name: &'static str,
        width: usize,
        r#type: bool,
    },
    #[status(message = "{type} {fieldtype} {field_type}")]
    Alike {
        r#type: u8,
        fieldtype: u8,
        field_type: u8,
    },
    #[status(message = "{0:$>5} { 0 }")]
    Filled(u8),
    #[status(message = _0.to_uppercase())]
    Expression(String),
    #[status(NotFound, message = if *found { "found" } else { "lost" })]
    Choice {
        found: bool,
    },
}

#[test]
fn a_message_is_the_display_unless_there_is_one() {
    assert_eq!(code_and_message(Error::Default), (Code::Aborted, "display: Default".to_owned()));
    assert_eq!(code_and_message(Error::Literal), (Code::Aborted, "literal".to_owned()));
}

#[test]
fn a_message_has_fields_in_it() {
    assert_eq!(code_and_message(Error::Tuple(7, "seven", 2)).1, "{}   7 \"seven\" se");
    let named = Error::Named { name: "n", width: 3, r#type: true };
    assert_eq!(code_and_message(named).1, "n   3 true");
    assert_eq!(code_and_message(Error::Alike { r#type: 1, fieldtype: 2, field_type: 3 }).1, "1 2 3");
    assert_eq!(code_and_message(Error::Filled(7)).1, "$$$$7 7");
}

#[test]
fn a_message_may_be_an_expression() {
    assert_eq!(code_and_message(Error::Expression("loud".to_owned())).1, "LOUD");
    assert_eq!(code_and_message(Error::Choice { found: false }), (Code::NotFound, "lost".to_owned()));
}

/// An error with an attribute for all variants, and one variant with its own.
#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("display")]
#[status(Internal, expose, message = "of all")]
enum Defaults {
    Plain,
    #[status(NotFound, message = "own")]
    Own,
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("display")]
#[status(NotFound, message = "of all")]
enum Redacted {
    #[status(Internal)]
    Internal,
}

#[test]
fn a_variant_overrides_the_attribute_of_its_enum() {
    assert_eq!(code_and_message(Defaults::Plain), (Code::Internal, "of all".to_owned()));
    assert_eq!(code_and_message(Defaults::Own), (Code::NotFound, "own".to_owned()));
    let status = Status::from(Redacted::Internal);
    assert!(status.message().starts_with("internal error (id "));
    assert_eq!(std::error::Error::source(&status).unwrap().to_string(), "display");
}

/// An error need not be `Display` if each variant has a message.
#[grpc_error]
#[derive(Debug)]
enum Silent {
    #[status(NotFound, message = "nothing")]
    Nothing,
}

#[test]
fn an_error_with_messages_of_its_own_needs_no_display() {
    assert_eq!(code_and_message(Silent::Nothing), (Code::NotFound, "nothing".to_owned()));
}
