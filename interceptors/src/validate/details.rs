//! The details of a status with violations: Google's `BadRequest`, and buf's own `Violations`.
//!
//! The messages are those of `google/rpc/status.proto`, `google/rpc/error_details.proto` and `buf/validate/validate.proto`
//! (protovalidate 1.0), with the fields that are written here.

use prost::Message;
use tonic::{Code, Status};

use super::path::{FieldPathElement, elements};
use super::violations::Violations;

#[derive(Clone, PartialEq, Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct BadRequest {
    #[prost(message, repeated, tag = "1")]
    field_violations: Vec<FieldViolation>,
}

#[derive(Clone, PartialEq, Message)]
struct FieldViolation {
    #[prost(string, tag = "1")]
    field: String,
    #[prost(string, tag = "2")]
    description: String,
    #[prost(string, tag = "3")]
    reason: String,
}

#[derive(Clone, PartialEq, Message)]
struct BufViolations {
    #[prost(message, repeated, tag = "1")]
    violations: Vec<BufViolation>,
}

#[derive(Clone, PartialEq, Message)]
struct BufViolation {
    #[prost(message, optional, tag = "5")]
    field: Option<FieldPath>,
    #[prost(string, optional, tag = "2")]
    rule_id: Option<String>,
    #[prost(string, optional, tag = "3")]
    message: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct FieldPath {
    #[prost(message, repeated, tag = "1")]
    elements: Vec<FieldPathElement>,
}

/// Returns the status for a client whose message breaks rules.
pub(super) fn status(code: Code, text: &str, violations: &Violations) -> Status {
    let bad_request = BadRequest {
        field_violations: violations
            .iter()
            .map(|violation| FieldViolation {
                field: violation.field().to_owned(),
                description: violation.message().to_owned(),
                reason: violation.rule_id().to_owned(),
            })
            .collect(),
    };
    let of_buf = BufViolations {
        violations: violations
            .iter()
            .map(|violation| {
                let elements = elements(violation.field());
                BufViolation {
                    field: (!elements.is_empty()).then_some(FieldPath { elements }),
                    rule_id: Some(violation.rule_id().to_owned()),
                    message: Some(violation.message().to_owned()),
                }
            })
            .collect(),
    };
    let details = vec![any("google.rpc.BadRequest", &bad_request), any("buf.validate.Violations", &of_buf)];
    let rpc_status = RpcStatus { code: code.into(), message: text.to_owned(), details };
    Status::with_details(code, text, rpc_status.encode_to_vec().into())
}

fn any(name: &str, message: &impl Message) -> Any {
    Any { type_url: format!("type.googleapis.com/{name}"), value: message.encode_to_vec() }
}
