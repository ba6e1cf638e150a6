//! Extractors: types that a handler receives as a parameter, made from its call.

#[cfg(unix)]
mod connect_info;
mod deadline;
mod extension;
mod local_addr;
#[cfg(feature = "tls")]
mod peer_certs;
#[cfg(unix)]
mod peer_cred;
mod remote_addr;
mod user_agent;

pub use deadline::CallDeadline;
pub use extension::Extension;
pub use local_addr::LocalAddr;
#[cfg(feature = "tls")]
pub use peer_certs::PeerCerts;
#[cfg(unix)]
pub use peer_cred::PeerCred;
pub use remote_addr::RemoteAddr;
pub use user_agent::UserAgent;

use tonic::Status;
use tonic::metadata::MetadataMap;

use crate::{Call, MethodInfo};

/// A type that is made from a [`Call`], for a parameter of a handler or of an interceptor function.
///
/// These types of this crate implement it, and so does `Option` of each of them:
///
/// | type | value | if the call does not have it |
/// | --- | --- | --- |
/// | [`RemoteAddr`], [`LocalAddr`] | the addresses of the connection | `INTERNAL` |
/// | `PeerCerts` (feature `tls`) | the certificates of the client | `UNAUTHENTICATED` |
/// | `PeerCred` (on Unix) | the process at the other end of a Unix socket | `UNAUTHENTICATED` |
/// | [`UserAgent`] | the library and the name of the client | `INVALID_ARGUMENT` |
/// | [`CallDeadline`] | the deadline, and the time that is left | the value says so |
/// | [`Extension`] | what a layer or a transport has put into the extensions | `INTERNAL` |
/// | [`MethodInfo`] | the method that is called | |
/// | tonic's `MetadataMap` | a copy of all metadata | |
///
/// To write an extractor of your own, implement it for a type:
///
/// ```
/// use vestibule::{Call, FromCall, Status};
///
/// struct RequestId<'a>(&'a str);
///
/// impl<'a> FromCall<'a> for RequestId<'a> {
///     fn from_call(call: &'a Call) -> Result<Self, Status> {
///         Ok(RequestId(call.get::<Option<&str>>("x-request-id")?.unwrap_or("none")))
///     }
/// }
/// ```
///
/// A handler takes this type as a parameter `id: RequestId<'_>`. An interceptor function takes it as `#[extract] id:
/// RequestId<'_>`.
///
/// An extractor cannot await. If you must await something, or reject calls for another reason than malformed input,
/// write an [interceptor](macro@crate::interceptor).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "a parameter cannot have this type",
    note = "a parameter is the message, `#[metadata(\"key\")]`, a reference without `#[extract]` to what an entry provides or a list passes, `call: &Call`, or a type that implements `FromCall`"
)]
pub trait FromCall<'a>: Sized {
    /// Creates the value. See [`FromCall`] for an example.
    ///
    /// # Errors
    ///
    /// Returns the status for the client if the value cannot be made.
    fn from_call(call: &'a Call) -> Result<Self, Status>;

    /// Creates the value of a parameter `Option<Self>`. It is `None` if the call does not have the value.
    ///
    /// By default it is never `None`, and fails where [`from_call`](Self::from_call) fails: only the extractor itself
    /// can tell an absent value from an invalid one. So write this method if the value may be absent:
    ///
    /// ```
    /// use vestibule::{Call, FromCall, Status};
    ///
    /// struct RequestId<'a>(&'a str);
    ///
    /// impl<'a> FromCall<'a> for RequestId<'a> {
    ///     fn from_call(call: &'a Call) -> Result<Self, Status> {
    ///         call.get("x-request-id").map(RequestId)
    ///     }
    ///
    ///     fn optional_from_call(call: &'a Call) -> Result<Option<Self>, Status> {
    ///         Ok(call.get::<Option<&str>>("x-request-id")?.map(RequestId))
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the status for the client if the value is there and cannot be made.
    fn optional_from_call(call: &'a Call) -> Result<Option<Self>, Status> {
        Self::from_call(call).map(Some)
    }
}

/// Extracts a value that the call may not have.
#[diagnostic::do_not_recommend]
impl<'a, T: FromCall<'a>> FromCall<'a> for Option<T> {
    fn from_call(call: &'a Call) -> Result<Self, Status> {
        T::optional_from_call(call)
    }
}

/// Extracts the method that is called.
impl FromCall<'_> for MethodInfo {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(call.method().clone())
    }
}

/// Extracts a copy of all metadata.
impl FromCall<'_> for MetadataMap {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(call.metadata().clone())
    }
}

impl Call {
    /// Returns the value that an extractor makes from this call.
    ///
    /// # Errors
    ///
    /// Returns the error of the extractor.
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// use vestibule::extract::CallDeadline;
    ///
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// # let call = Call::new(ECHO, tonic::Request::new(()));
    /// let deadline = call.extract::<CallDeadline>().unwrap();
    /// assert_eq!(deadline.instant(), None);
    /// ```
    pub fn extract<'a, T: FromCall<'a>>(&'a self) -> Result<T, Status> {
        T::from_call(self)
    }
}
