#![deny(warnings)]

use vestibule::{Code, Status, grpc_error};

#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum Generic<T: std::fmt::Debug>
where
    T: std::fmt::Display,
{
    #[error("unit")]
    #[status(NotFound)]
    Unit,
    #[error("tuple {0} {1}")]
    #[status(Aborted)]
    Tuple(T, u8),
    #[error("named {field}")]
    #[status(OutOfRange)]
    Named { field: T },
    #[error(transparent)]
    #[status(transparent)]
    Inner { source: Struct },
    #[error(transparent)]
    #[status(transparent)]
    Status(#[from] Status),
    #[cfg(any())]
    #[status(Aborted)]
    Absent(Nothing),
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("a struct")]
#[status(Unavailable)]
pub struct Struct;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
#[status(transparent)]
pub struct Transparent(Struct);

#[grpc_error]
#[derive(Debug, thiserror::Error)]
pub enum Never {}

fn check(error: impl Into<Status>, code: Code, message: &str) {
    let status = error.into();
    assert_eq!((status.code(), status.message()), (code, message));
}

fn main() {
    check(Generic::<i32>::Unit, Code::NotFound, "unit");
    check(Generic::Tuple(1, 2), Code::Aborted, "tuple 1 2");
    check(Generic::Named { field: "f" }, Code::OutOfRange, "named f");
    check(Generic::<i32>::Inner { source: Struct }, Code::Unavailable, "a struct");
    check(Generic::<i32>::Status(Status::data_loss("lost")), Code::DataLoss, "lost");
    check(Struct, Code::Unavailable, "a struct");
    check(Transparent(Struct), Code::Unavailable, "a struct");
}
