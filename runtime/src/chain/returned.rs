//! The response of a handler whose return type is an alias. A macro cannot see if there is a `Response` in it.

use tonic::Response;

/// The success of a handler: tonic's `Response`, or a bare message or stream.
#[derive(Debug)]
pub struct Returned<T>(pub T);

impl<T> Returned<Response<T>> {
    /// Returns the response as it is.
    #[inline]
    pub fn into_response(self) -> Response<T> {
        self.0
    }
}

/// Puts a bare message or stream into a response.
///
/// Method lookup prefers the inherent method, so that it finds this one only for a value that is no response.
pub trait BareResponse<T> {
    /// Returns a response with the value.
    fn into_response(self) -> Response<T>;
}

impl<T> BareResponse<T> for Returned<T> {
    #[inline]
    fn into_response(self) -> Response<T> {
        Response::new(self.0)
    }
}
