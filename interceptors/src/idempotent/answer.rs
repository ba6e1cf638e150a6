//! The end of a call in the form in which it is remembered.

use bytes::Bytes;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Extensions, Response, Status};

/// The end of a call that is remembered.
#[derive(Debug)]
pub(super) enum Answer {
    /// The response, encoded, because the calls of all methods are in one table.
    Response(MetadataMap, Vec<u8>),
    /// The failure, without what the client does not receive of it.
    Failure(Status),
    /// The call has ended, but there was no room for its response.
    NotKept,
}

impl Answer {
    /// Returns what is to be remembered of a result, or `None` if the same call may run again.
    pub(super) fn of<Res: Message>(result: &Result<Response<Res>, Status>) -> Option<Self> {
        match result {
            Ok(response) => {
                Some(Self::Response(response.metadata().clone(), response.get_ref().encode_to_vec()))
            }
            Err(status) => is_definite(status.code()).then(|| Self::Failure(without_source(status))),
        }
    }

    /// Returns about how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Response(metadata, message) => size_of_metadata(metadata) + message.len(),
            Self::Failure(status) => {
                size_of_metadata(status.metadata()) + status.message().len() + status.details().len()
            }
            Self::NotKept => 0,
        }
    }

    /// Returns the result that it was made of.
    pub(super) fn to_result<Res: Message + Default>(&self) -> Result<Response<Res>, Status> {
        match self {
            Self::Response(metadata, message) => {
                let message = Res::decode(message.as_slice())
                    .map_err(|_| Status::internal("the remembered response can't be read"))?;
                Ok(Response::from_parts(metadata.clone(), message, Extensions::new()))
            }
            Self::Failure(status) => Err(status.clone()),
            Self::NotKept => {
                Err(Status::failed_precondition("the call has ended before, and its response was not kept"))
            }
        }
    }
}

/// Returns true if a handler that fails with the code may have done its work, or would fail again.
///
/// The other codes say that nothing was done yet, and that the client is to make the call again.
fn is_definite(code: Code) -> bool {
    !matches!(code, Code::Unavailable | Code::Aborted | Code::ResourceExhausted | Code::Unauthenticated)
}

fn without_source(status: &Status) -> Status {
    let details = Bytes::copy_from_slice(status.details());
    let metadata = status.metadata().clone();
    Status::with_details_and_metadata(status.code(), status.message(), details, metadata)
}

fn size_of_metadata(metadata: &MetadataMap) -> usize {
    metadata.as_ref().iter().map(|(key, value)| key.as_str().len() + value.len()).sum()
}
