use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use vestibule::{Code, MethodInfo};

use crate::request_id::RequestId;

/// What an [`Audit`](super::Audit) records of a call.
///
/// A sink reads the fields:
///
/// ```
/// use vestibule_interceptors::{AuditRecord, Decision};
///
/// fn needs_review(record: &AuditRecord) -> bool {
///     record.decision == Decision::Denied && record.caller.is_some()
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When the call started.
    pub started: SystemTime,
    /// The time from the start of the call to its end.
    pub duration: Duration,
    /// Who called, if an interceptor knows it.
    pub caller: Option<String>,
    /// The address from which the call came.
    pub peer: Option<SocketAddr>,
    /// The id of the request, if it has one.
    pub request_id: Option<RequestId>,
    /// The method that was called.
    pub method: MethodInfo,
    /// What the call was about, if a function of the service takes it from the message.
    pub subject: Option<String>,
    /// What was decided.
    pub decision: Decision,
    /// The code of the call. An interrupted call has CANCELLED, or `DEADLINE_EXCEEDED` if its time was over.
    pub code: Code,
    /// `panicked` or `interrupted`. `None` if the call has a status of its own.
    pub ended_by: Option<&'static str>,
}

impl AuditRecord {
    /// Returns the record of a call that starts now, for tests of a sink. An [`Audit`](super::Audit) fills in what it knows.
    ///
    /// ```
    /// use vestibule::{Code, MethodInfo, Shape};
    /// use vestibule_interceptors::{AuditRecord, AuditSink, JsonLines};
    ///
    /// const DELETE: MethodInfo = MethodInfo::new("/library.Books/Delete", Shape::Unary);
    /// let mut record = AuditRecord::new(DELETE);
    /// record.caller = Some("ada".to_owned());
    /// record.code = Code::Ok;
    ///
    /// let mut lines = Vec::new();
    /// JsonLines::new(&mut lines).write(record)?;
    /// assert!(String::from_utf8_lossy(&lines).contains(r#""caller":"ada""#));
    /// # Ok::<_, std::io::Error>(())
    /// ```
    #[must_use]
    pub fn new(method: MethodInfo) -> Self {
        Self {
            started: SystemTime::now(),
            duration: Duration::ZERO,
            caller: None,
            peer: None,
            request_id: None,
            method,
            subject: None,
            decision: Decision::Undecided,
            code: Code::Unknown,
            ended_by: None,
        }
    }
}

/// What was decided about a call.
///
/// ```
/// use vestibule_interceptors::Decision;
///
/// assert_eq!(Decision::Denied.as_str(), "denied");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The call has succeeded, or its handler has sent a response before the call ended.
    Allowed,
    /// The call has ended with UNAUTHENTICATED or `PERMISSION_DENIED`.
    Denied,
    /// The call has ended for another reason before it had a response. The record does not say if the handler has run:
    /// an interceptor, a limit, a deadline and the handler itself end a call in the same way.
    Undecided,
}

impl Decision {
    /// Returns `allowed`, `denied` or `undecided`. The example of [`Decision`] calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Undecided => "undecided",
        }
    }

    pub(super) const fn of(code: Code, has_responded: bool) -> Self {
        match code {
            Code::Unauthenticated | Code::PermissionDenied => Self::Denied,
            Code::Ok => Self::Allowed,
            _ if has_responded => Self::Allowed,
            _ => Self::Undecided,
        }
    }
}
