//! Extractors: the types that a handler may simply ask for.

mod deadline;
mod extension;
mod remote_addr;

pub use deadline::CallDeadline;
pub use extension::Extension;
pub use remote_addr::RemoteAddr;

use tonic::Status;
use tonic::metadata::MetadataMap;

use crate::{Call, MethodInfo};

/// A type that a handler or an interceptor function may take by value, made from the call. In the function, one of your
/// own is written `#[extract] agent: UserAgent<'_>`.
///
/// Ready made: [`RemoteAddr`], [`CallDeadline`], [`Extension`], [`MethodInfo`] and tonic's
/// `MetadataMap`. Your own take a few lines:
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
/// What needs to wait, or may be refused for more than its form, is an
/// [interceptor](macro@crate::interceptor).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "not a type that a parameter can ask for",
    note = "a parameter is the message, `#[metadata(\"key\")]`, a reference to what an entry provides, `call: &Call`, or a type that implements `FromCall`"
)]
pub trait FromCall<'a>: Sized {
    /// Makes the value.
    ///
    /// # Errors
    ///
    /// The status the client shall see when the value can't be made.
    fn from_call(call: &'a Call) -> Result<Self, Status>;
}

/// The method that is called.
impl FromCall<'_> for MethodInfo {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(call.method().clone())
    }
}

/// A copy of the whole metadata.
impl FromCall<'_> for MetadataMap {
    fn from_call(call: &Call) -> Result<Self, Status> {
        Ok(call.metadata().clone())
    }
}

impl Call {
    /// What an extractor finds in this call.
    ///
    /// # Errors
    ///
    /// Those of the extractor.
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
