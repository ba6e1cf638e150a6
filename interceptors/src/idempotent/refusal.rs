//! The results of calls whose handler does not run.

use std::time::Duration;

use prost::Message;
use tonic::{Code, Response, Status};
use vestibule::details::{ErrorDetails, StatusExt};

use super::settings::Settings;
use super::table::Decision;

/// Returns the result of a call that was made before, or that can't be made now.
pub(super) fn result<Res: Message + Default>(
    decision: &Decision,
    settings: &Settings,
) -> Result<Response<Res>, Status> {
    match decision {
        Decision::Answer(answer) => answer.to_result(),
        Decision::OtherMessage => {
            Err(Status::invalid_argument("the id was used for a call with another message"))
        }
        Decision::Full { is_first } => {
            if *is_first {
                let calls = settings.limits.calls;
                tracing::warn!(target: "vestibule", calls, "no further idempotent call can be remembered");
            }
            Err(later(Code::ResourceExhausted, "too many calls are remembered", settings))
        }
        Decision::Run | Decision::Running => {
            Err(later(Code::Aborted, "the same call is still running", settings))
        }
    }
}

/// Returns the status of a call about which the store has not decided.
#[cold]
pub(super) fn undecided() -> Status {
    Status::unavailable("it is not known if the call was made before")
}

#[cold]
fn later(code: Code, text: &str, settings: &Settings) -> Status {
    // The metadata is for gRPC's clients, which wait so long by themselves, and the detail is for programs.
    let millis = i32::try_from(settings.retry_after.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX);
    let delay = Duration::from_millis(millis.unsigned_abs().into());
    let details = ErrorDetails::with_retry_info(Some(delay));
    let mut status = Status::with_error_details(code, text, details);
    status.metadata_mut().insert("grpc-retry-pushback-ms", millis.into());
    status
}
