//! Extractors: types that a handler receives as a parameter, made from its call.

mod deadline;
mod extension;
mod remote_addr;

pub use deadline::CallDeadline;
pub use extension::Extension;
pub use remote_addr::RemoteAddr;

use tonic::Status;
use tonic::metadata::MetadataMap;

use crate::{Call, MethodInfo};

/// A type that is made from a [`Call`], for a parameter of a handler or of an interceptor function.
///
/// This crate implements it for [`RemoteAddr`], [`CallDeadline`], [`Extension`], [`MethodInfo`] and tonic's
/// `MetadataMap`. To write an extractor of your own, implement it for a type:
///
/// ```
/// use vestibule::{Call, FromCall, Status};
///
/// struct UserAgent<'a>(&'a str);
///
/// impl<'a> FromCall<'a> for UserAgent<'a> {
///     fn from_call(call: &'a Call) -> Result<Self, Status> {
///         Ok(UserAgent(call.get::<Option<&str>>("user-agent")?.unwrap_or("unknown")))
///     }
/// }
/// ```
///
/// A handler takes this type as a parameter `agent: UserAgent<'_>`. An interceptor function takes it as `#[extract]
/// agent: UserAgent<'_>`.
///
/// An extractor cannot await. If you must await something, or reject calls for another reason than malformed input,
/// write an [interceptor](macro@crate::interceptor).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "a parameter cannot have this type",
    note = "a parameter is the message, `#[metadata(\"key\")]`, a reference to what an entry provides, `call: &Call`, or a type that implements `FromCall`"
)]
pub trait FromCall<'a>: Sized {
    /// Creates the value. See [`FromCall`] for an example.
    ///
    /// # Errors
    ///
    /// Returns the status for the client if the value cannot be made.
    fn from_call(call: &'a Call) -> Result<Self, Status>;
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
