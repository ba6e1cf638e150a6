use std::fmt::{Debug, Display};

use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("{0} is missing")]
#[status(NotFound)]
pub struct Missing<T: Debug + Display>(T);

fn main() {
    let _ = tonic::Status::from(Missing("tea"));
}
