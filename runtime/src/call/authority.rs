//! The authority that a call is addressed to.

use http::uri::Authority;

use super::{Call, CalledMethod};

/// The extension that holds the authority, where it is not in the head of a request.
#[derive(Clone, Debug)]
struct Addressed(Authority);

impl Call {
    /// Returns the host and the port that the call is addressed to, or `None` if they are not known.
    ///
    /// - On a [`client`](crate::client()), they are those of the [origin](crate::Client::origin), or of the origin of the
    ///   generated client. A channel does not expose its endpoint.
    /// - In a [`layer`](crate::layer()), they are the `:authority` that the client has sent. Ask in a `start`, or before the rest
    ///   of the call is polled: after that, the service has the request, and this method returns `None`.
    /// - On an annotated service they are not known, because tonic's server does not pass them on.
    ///
    /// ```
    /// use vestibule::{Call, Rest, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn log(call: &Call, rest: impl Rest) -> Result<(), Status> {
    ///     if let Some(authority) = call.authority() {
    ///         println!("{} at {}", call.method().path(), authority.host());
    ///     }
    ///     rest.await
    /// }
    /// ```
    #[must_use]
    pub fn authority(&self) -> Option<Authority> {
        if let Some(Addressed(authority)) = self.request.extensions().get() {
            return Some(authority.clone());
        }
        match &self.method {
            CalledMethod::Forwarded(request) => request.authority(),
            CalledMethod::Annotated(_) | CalledMethod::Mounted(_) => None,
        }
    }

    /// Sets the authority that the call is addressed to.
    ///
    /// A client does so by itself. Use it to test an interceptor:
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut call = Call::new(ECHO, tonic::Request::new(()));
    /// call.set_authority("greeter.example.com:443".parse().unwrap());
    /// assert_eq!(call.authority().unwrap().host(), "greeter.example.com");
    /// ```
    pub fn set_authority(&mut self, authority: Authority) {
        self.request.extensions_mut().insert(Addressed(authority));
    }
}
