use tonic::Status;

/// Returns the status of a call whose deadline has passed, with the text that vestibule itself sends.
pub(crate) fn deadline_exceeded() -> Status {
    Status::deadline_exceeded("deadline exceeded")
}
