use std::fmt;

use vestibule::grpc_error;

#[grpc_error]
#[status(NotFound)]
pub struct Missing<T>(T);

impl<T: fmt::Display> fmt::Display for Missing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is missing", self.0)
    }
}

fn main() {
    let _ = tonic::Status::from(Missing("tea"));
}
