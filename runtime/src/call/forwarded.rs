//! The request that a layer or a client passes on.
//!
//! The service behind the chain receives the headers and the extensions, and interceptors read them. A copy of both is a
//! large part of what a layer costs. Most chains do not need it: either no interceptor reads them, or none can read them
//! after the service has received them. So the copy is made when the service is called, and only if it is needed.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tonic::Request;
use tonic::metadata::MetadataMap;

use crate::MethodInfo;

/// A request that a layer or a client passes on, and the method that is called.
#[derive(Debug)]
pub(crate) struct ForwardedRequest {
    method: MethodInfo,
    /// The request without its body, until the service receives it. Without headers and extensions after `read` was set.
    request: Mutex<Option<http::Request<()>>>,
    /// The headers and the extensions, after an interceptor has read them. They stay here, because it may hold references.
    read: OnceLock<Request<()>>,
}

impl ForwardedRequest {
    pub(super) fn new(method: MethodInfo, request: http::Request<()>) -> Self {
        Self { method, request: Mutex::new(Some(request)), read: OnceLock::new() }
    }

    pub(super) fn method(&self) -> &MethodInfo {
        &self.method
    }

    /// Returns the headers and the extensions for an interceptor.
    pub(super) fn read(&self) -> &Request<()> {
        self.read.get_or_init(|| match &mut *self.lock() {
            Some(request) => {
                let headers = std::mem::take(request.headers_mut());
                let extensions = std::mem::take(request.extensions_mut());
                Request::from_parts(MetadataMap::from_headers(headers), extensions, ())
            }
            None => Request::new(()),
        })
    }

    /// Takes the request for the service. It has copies of the headers and the extensions if an interceptor has read them
    /// or `is_read_later`.
    pub(super) fn take(&self, is_read_later: bool) -> http::Request<()> {
        let read = if is_read_later { Some(self.read()) } else { self.read.get() };
        let mut request = self.lock().take().unwrap_or_default();
        if let Some(read) = read {
            request.headers_mut().clone_from(read.metadata().as_ref());
            request.extensions_mut().clone_from(read.extensions());
        }
        request
    }

    fn lock(&self) -> MutexGuard<'_, Option<http::Request<()>>> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
