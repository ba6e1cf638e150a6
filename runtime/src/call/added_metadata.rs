//! Metadata that interceptors and handlers send.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, TryLockError};

use http::HeaderMap;
use tonic::Extensions;
use tonic::metadata::MetadataMap;

use super::retry::RetryPolicy;
use crate::{MethodInfo, metadata};

/// Most calls have none: three empty maps would cost more than many an interceptor.
#[derive(Debug, Default)]
pub(crate) struct AddedMetadata(Mutex<Option<Box<Parts>>>);

#[derive(Debug, Default)]
struct Parts {
    request: MetadataMap,
    response: MetadataMap,
    trailers: MetadataMap,
    /// The values that go on with the request, within this process.
    extensions: Extensions,
    /// Metadata under reserved keys that the service behind the chain has sent, which is allowed to it.
    service_headers: HeaderMap,
    /// Not sent, but as rare: how a client tries again.
    retry_policy: Option<Box<dyn RetryPolicy>>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// With the request, to those further in.
    Request,
    /// What the response begins with.
    Response,
    /// What the response ends with.
    Trailers,
}

impl Part {
    /// Drops reserved keys from what was added to this part.
    fn without_reserved(self, method: &MethodInfo, mut added: MetadataMap) -> MetadataMap {
        if !added.is_empty() {
            let whose = match self {
                Self::Request => "the request",
                Self::Response => "the response",
                Self::Trailers => "the trailers",
            };
            metadata::drop_reserved(Some(method), whose, added.as_mut());
        }
        added
    }
}

impl Parts {
    fn part(&mut self, part: Part) -> &mut MetadataMap {
        match part {
            Part::Request => &mut self.request,
            Part::Response => &mut self.response,
            Part::Trailers => &mut self.trailers,
        }
    }
}

impl AddedMetadata {
    /// Whether nobody has asked for any, as is most often.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_none()
    }

    #[track_caller]
    pub(crate) fn get(&self, part: Part) -> MetadataMut<'_> {
        let mut parts = self.lock();
        parts.get_or_insert_default();
        MetadataMut { parts, part }
    }

    /// Takes a part, without reserved keys. `method` is for the warning.
    #[inline]
    pub(crate) fn take(&self, part: Part, method: &MethodInfo) -> MetadataMap {
        let taken = self.lock().as_mut().map(|parts| std::mem::take(parts.part(part)));
        taken.map(|taken| part.without_reserved(method, taken)).unwrap_or_default()
    }

    /// Moves a part into `target`, over what has the same keys there.
    #[inline]
    pub(crate) fn move_into(&self, part: Part, method: &MethodInfo, target: &mut MetadataMap) {
        move_over(target, self.take(part, method));
    }

    /// What a service has ended its response with, under what interceptors have added.
    pub(crate) fn put_trailers(&self, trailers: HeaderMap) {
        if trailers.is_empty() {
            return;
        }
        self.set_service_headers(&trailers);
        let mut parts = self.lock();
        let parts = parts.get_or_insert_default();
        let added = std::mem::replace(&mut parts.trailers, MetadataMap::from_headers(trailers));
        move_over(&mut parts.trailers, added);
    }

    /// Notes what a service has service_headers under keys that are reserved.
    pub(crate) fn set_service_headers(&self, headers: &HeaderMap) {
        let service_headers = metadata::headers_of_service(headers);
        if !service_headers.is_empty() {
            self.lock().get_or_insert_default().service_headers = service_headers;
        }
    }

    /// Returns what a service has service_headers under reserved keys, to be sent at the end.
    pub(crate) fn service_headers(&self) -> HeaderMap {
        self.lock().as_ref().map(|parts| parts.service_headers.clone()).unwrap_or_default()
    }

    /// Moves what goes back into `target`, at the end of the response.
    #[inline]
    pub(crate) fn move_all_into(&self, method: &MethodInfo, target: &mut MetadataMap) {
        let Some(parts) = self.lock().take() else { return };
        let Parts { response, mut trailers, service_headers, .. } = *parts;
        for key in service_headers.keys() {
            trailers.as_mut().remove(key);
        }
        move_over(target, Part::Response.without_reserved(method, response));
        move_over(target, Part::Trailers.without_reserved(method, trailers));
    }

    /// Leaves a value for those further in.
    pub(crate) fn add_extension<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.lock().get_or_insert_default().extensions.insert(value);
    }

    /// Moves those values into the extensions of a request.
    pub(crate) fn move_extensions(&self, target: &mut Extensions) {
        if let Some(parts) = &mut *self.lock() {
            target.extend(std::mem::take(&mut parts.extensions));
        }
    }

    /// Sets the retry policy, unless there is one.
    pub(crate) fn set_retry_policy(&self, policy: impl RetryPolicy + 'static) {
        self.lock().get_or_insert_default().retry_policy.get_or_insert_with(|| Box::new(policy));
    }

    pub(crate) fn take_retry_policy(&self) -> Option<Box<dyn RetryPolicy>> {
        self.lock().as_mut()?.retry_policy.take()
    }

    /// What the response ends with, if there is anything.
    #[inline]
    pub(crate) fn take_trailers(&self, method: &MethodInfo) -> Option<MetadataMap> {
        let parts = self.lock().take()?;
        let trailers = Part::Trailers.without_reserved(method, parts.trailers);
        (!trailers.is_empty()).then_some(trailers)
    }

    #[track_caller]
    fn lock(&self) -> MutexGuard<'_, Option<Box<Parts>>> {
        match self.0.try_lock() {
            Ok(parts) => parts,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            // One task drives a call: whoever has it would be waited for in vain.
            Err(TryLockError::WouldBlock) => panic!("metadata of the call is being changed already"),
        }
    }
}

fn move_over(target: &mut MetadataMap, source: MetadataMap) {
    if !source.is_empty() {
        target.as_mut().extend(source.into_headers());
    }
}

/// Metadata that is being made: see [`Call::response_metadata`](crate::Call::response_metadata),
/// [`Call::trailers`](crate::Call::trailers) and [`Call::outgoing_metadata`](crate::Call::outgoing_metadata).
///
/// ```
/// # use vestibule::{Call, MethodInfo, Shape};
/// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
/// # let call = Call::new(ECHO, tonic::Request::new(()));
/// call.response_metadata().insert("x-cost", "3".parse().unwrap());
/// assert_eq!(call.response_metadata().get("x-cost").unwrap(), "3");
/// ```
#[derive(Debug)]
pub struct MetadataMut<'a> {
    parts: MutexGuard<'a, Option<Box<Parts>>>,
    part: Part,
}

impl Deref for MetadataMut<'_> {
    type Target = MetadataMap;

    fn deref(&self) -> &MetadataMap {
        let parts = self.parts.as_ref().expect("they are made with the guard");
        match self.part {
            Part::Request => &parts.request,
            Part::Response => &parts.response,
            Part::Trailers => &parts.trailers,
        }
    }
}

impl DerefMut for MetadataMut<'_> {
    fn deref_mut(&mut self) -> &mut MetadataMap {
        self.parts.as_mut().expect("they are made with the guard").part(self.part)
    }
}
