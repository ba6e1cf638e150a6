use tonic::Status;

use super::builder::StatusBuilder;

/// The two steps by which an error becomes a status. `#[grpc_error]` implements it.
pub trait ConvertError: Sized {
    /// Describes the status of a variant that has a code. An error without such variants does not need it.
    fn vestibule_builder(&self) -> StatusBuilder {
        unreachable!("all variants are transparent")
    }

    /// Returns the status. It retains the error, if the type of the error allows that.
    fn vestibule_into_status(self) -> Status;
}
