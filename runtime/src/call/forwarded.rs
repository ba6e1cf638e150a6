//! The request that a layer or a client passes on.
//!
//! The service behind the chain receives the headers and the extensions, and interceptors read them. A copy of both is a
//! large part of what a layer costs. Most chains do not need it: either no interceptor reads them, or none can read them
//! after the service has received them. So the copy is made when the service is called, and only if it is needed.

use std::sync::{Mutex, OnceLock, PoisonError};

use tonic::Request;

use crate::MethodInfo;

/// The method, the headers and the extensions of a request that a layer or a client passes on.
#[derive(Debug)]
pub(crate) struct ForwardedRequest {
    method: MethodInfo,
    /// The headers and the extensions, until an interceptor reads them or the service receives them.
    unread: Mutex<Option<Request<()>>>,
    /// The headers and the extensions, after an interceptor has read them. They stay here, because it may hold references.
    read: OnceLock<Request<()>>,
}

impl ForwardedRequest {
    pub(super) fn new(method: MethodInfo, request: Request<()>) -> Self {
        Self { method, unread: Mutex::new(Some(request)), read: OnceLock::new() }
    }

    pub(super) fn method(&self) -> &MethodInfo {
        &self.method
    }

    /// Returns the headers and the extensions for an interceptor.
    pub(super) fn read(&self) -> &Request<()> {
        self.read.get_or_init(|| self.take_unread())
    }

    /// Returns the headers and the extensions for the service: a copy if an interceptor has read them or `is_read_later`.
    pub(super) fn for_service(&self, is_read_later: bool) -> Request<()> {
        let read = if is_read_later { Some(self.read()) } else { self.read.get() };
        match read {
            Some(read) => Request::from_parts(read.metadata().clone(), read.extensions().clone(), ()),
            None => self.take_unread(),
        }
    }

    fn take_unread(&self) -> Request<()> {
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner).take();
        unread.unwrap_or_else(|| Request::new(()))
    }
}
