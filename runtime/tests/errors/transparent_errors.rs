//! A transparent error has the status of its field.

use vestibule::details::StatusExt;
use vestibule::{Code, Status, domain_error, grpc_error};

use super::error_messages::code_and_message;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("inner")]
#[status(NotFound, retry_info = "1s")]
struct Inner;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
enum Outer {
    #[error(transparent)]
    #[status(transparent)]
    Inner(#[from] Inner),
    #[error(transparent)]
    #[status(transparent, prefix = "downstream: ")]
    Prefixed(Status),
    #[error("its own")]
    #[status(Aborted)]
    Own,
    #[error("other")]
    #[status(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

#[test]
fn a_transparent_error_has_the_status_of_its_field() {
    let status = Status::from(Outer::from(Inner));
    assert_eq!((status.code(), status.message()), (Code::NotFound, "inner"));
    assert!(status.get_details_retry_info().is_some());
    assert_eq!(code_and_message(Outer::Own), (Code::Aborted, "its own".to_owned()));
}

#[test]
fn a_prefix_stands_before_the_message_and_nothing_is_lost() {
    let mut inner = Status::from(Inner);
    inner.metadata_mut().insert("x-tries", "3".parse().unwrap());
    inner.metadata_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    inner.metadata_mut().insert("content-length", "5".parse().unwrap());
    let status = Status::from(Outer::Prefixed(inner));
    assert_eq!((status.code(), status.message()), (Code::NotFound, "downstream: inner"));
    assert!(status.get_details_retry_info().is_some());
    // Clients in other languages refuse details with another message.
    let repeated = <tonic_types::Status as prost::Message>::decode(status.details()).unwrap().message;
    assert_eq!(repeated, "downstream: inner");
    assert_eq!(status.metadata().get("x-tries").unwrap(), "3");
    assert!(status.metadata().get("grpc-encoding").is_none());
    assert!(status.metadata().get("content-length").is_none());
    assert!(domain_error::<Inner>(&status).is_some());
}

#[test]
fn an_error_with_the_code_ok_is_internal() {
    let status = Status::from(Outer::Prefixed(Status::new(Code::Ok, "fine")));
    assert_eq!(status.code(), Code::Internal);
    assert!(status.message().starts_with("internal error (id "), "{status:?}");
}

#[test]
fn macros_by_example_may_give_texts() {
    macro_rules! error {
        ($name:ident, $text:literal, $delay:literal) => {
            #[grpc_error]
            #[derive(Debug)]
            #[status(Aborted, message = $text, retry_info = $delay)]
            struct $name {
                field: u8,
            }
        };
    }
    error!(FromMacro, "got {field}", "5s");
    let status = Status::from(FromMacro { field: 7 });
    assert_eq!(status.message(), "got 7");
    assert!(status.get_details_retry_info().is_some());
}

#[test]
fn a_boxed_error_is_internal() {
    let status = Status::from(Outer::Other("the secret".into()));
    assert_eq!(status.code(), Code::Internal);
    assert!(!status.message().contains("secret"));
}
