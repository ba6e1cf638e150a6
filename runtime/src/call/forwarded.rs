//! The request that a layer or a client passes on.
//!
//! The service behind the chain receives the headers and the extensions, and interceptors read them. A copy of both is a
//! large part of what a layer costs. Most chains do not need it: either no interceptor reads them, or none can read them
//! after the service has received them. So the copy is made when the service is called, and only if it is needed.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use http::request::Parts;
use http::uri::Authority;
use tonic::Request;
use tonic::metadata::MetadataMap;

use crate::MethodInfo;

/// A request that a layer or a client passes on, and the method that is called.
#[derive(Debug)]
pub(crate) struct ForwardedRequest {
    method: MethodInfo,
    /// The head of the request, until the service receives it. Without headers and extensions after `read` was set.
    head: Mutex<Option<Parts>>,
    /// The headers and the extensions, after an interceptor has read them. They stay here, because it may hold references.
    read: OnceLock<Request<()>>,
}

impl ForwardedRequest {
    #[inline]
    pub(super) fn new(method: MethodInfo, head: Parts) -> Self {
        Self { method, head: Mutex::new(Some(head)), read: OnceLock::new() }
    }

    pub(super) fn method(&self) -> &MethodInfo {
        &self.method
    }

    /// Returns the headers and the extensions for an interceptor.
    pub(super) fn read(&self) -> &Request<()> {
        self.read.get_or_init(|| match &mut *self.lock() {
            Some(head) => {
                let headers = std::mem::take(&mut head.headers);
                let extensions = std::mem::take(&mut head.extensions);
                Request::from_parts(MetadataMap::from_headers(headers), extensions, ())
            }
            None => Request::new(()),
        })
    }

    /// Returns the authority that the request is addressed to, or `None` after the service has received the request.
    ///
    /// It is not kept, because that would cost each call more.
    pub(super) fn authority(&self) -> Option<Authority> {
        self.lock().as_ref()?.uri.authority().cloned()
    }

    /// Takes the head of the request for the service. It has copies of the headers and the extensions if an interceptor
    /// has read them or `is_read_later`.
    #[inline]
    pub(super) fn take(&self, is_read_later: bool) -> Parts {
        let read = if is_read_later { Some(self.read()) } else { self.read.get() };
        let mut head = self.lock().take().unwrap_or_else(empty_head);
        if let Some(read) = read {
            head.headers.clone_from(read.metadata().as_ref());
            head.extensions.clone_from(read.extensions());
        }
        head
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, Option<Parts>> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cold]
pub(super) fn empty_head() -> Parts {
    http::Request::new(()).into_parts().0
}
