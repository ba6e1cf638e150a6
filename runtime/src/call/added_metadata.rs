//! Metadata and extensions that interceptors add to the request and to the response of a call.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName};
use tonic::Extensions;
use tonic::metadata::MetadataMap;

use super::retry_policy::RetryPolicy;
use crate::{MethodInfo, metadata};

/// The metadata and extensions that interceptors have added to a call.
///
/// It is empty in most calls, so it is allocated at the first use. Three empty maps would cost more than many
/// interceptors do.
#[derive(Debug, Default)]
pub(crate) struct AddedMetadata(Mutex<Option<Box<Parts>>>);

#[derive(Debug, Default)]
struct Parts {
    request: MetadataMap,
    /// The keys to remove from the request before `request` is added.
    removed: Vec<HeaderName>,
    response: MetadataMap,
    trailers: MetadataMap,
    /// The extensions to add to the request. They stay in this process.
    extensions: Extensions,
    /// The metadata that the service behind the chain has sent under reserved keys. A service may do that, unlike an
    /// interceptor.
    service_headers: HeaderMap,
    /// The retry policy of a client. It is not metadata, but as rarely used, so it needs no field in each call.
    retry_policy: Option<Box<dyn RetryPolicy>>,
    /// The number of times that a client has sent the call again.
    retries: u32,
}

/// The part of a call that metadata is added to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// The metadata of the request that is passed on.
    Request,
    /// The initial metadata of the response.
    Response,
    /// The trailing metadata of the response.
    Trailers,
}

impl Part {
    /// Drops the reserved keys from `added`, the metadata that was added to this part.
    fn without_reserved(self, method: &MethodInfo, mut added: MetadataMap) -> MetadataMap {
        if !added.is_empty() {
            let target = match self {
                Self::Request => "the request",
                Self::Response => "the response",
                Self::Trailers => "the trailers",
            };
            metadata::drop_reserved(Some(method), target, added.as_mut());
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
    /// Returns true if nothing was added, as in most calls.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_none()
    }

    /// Returns a guard that owns the metadata which was added to `part`, until it is dropped.
    pub(crate) fn get(&self, part: Part) -> MetadataMut<'_> {
        let metadata = self.lock().as_mut().map(|parts| std::mem::take(parts.part(part)));
        MetadataMut { added: self, part, metadata: metadata.unwrap_or_default(), not_send: PhantomData }
    }

    /// Puts `metadata` back into `part`. What was added there in the meantime stays.
    fn put(&self, part: Part, metadata: MetadataMap) {
        if metadata.is_empty() {
            return;
        }
        let mut parts = self.lock();
        let target = parts.get_or_insert_default().part(part);
        let meanwhile = std::mem::replace(target, metadata).into_headers();
        let mut last_key = None;
        for (key, value) in meanwhile {
            // Only the first of several values has the key.
            last_key = key.or(last_key);
            if let Some(key) = &last_key {
                target.as_mut().append(key.clone(), value);
            }
        }
    }

    /// Takes the metadata that was added to `part`, without reserved keys. The warning about these keys names `method`.
    #[inline]
    pub(crate) fn take(&self, part: Part, method: &MethodInfo) -> MetadataMap {
        let added = self.lock().as_mut().map(|parts| std::mem::take(parts.part(part)));
        added.map(|added| part.without_reserved(method, added)).unwrap_or_default()
    }

    /// Moves the metadata that was added to `part` into `target`, where it replaces values under the same keys.
    #[inline]
    pub(crate) fn move_into(&self, part: Part, method: &MethodInfo, target: &mut MetadataMap) {
        move_over(target, self.take(part, method));
    }

    /// Removes a key from what was added to the request, and from the request itself when it is passed on.
    pub(crate) fn remove_from_request(&self, key: HeaderName) {
        let mut parts = self.lock();
        let parts = parts.get_or_insert_default();
        parts.request.as_mut().remove(&key);
        parts.removed.push(key);
    }

    /// Removes the removed keys from the headers of the request, and adds what was added to them.
    pub(crate) fn change_request(&self, method: &MethodInfo, headers: &mut HeaderMap) {
        let removed = self.lock().as_mut().map(|parts| std::mem::take(&mut parts.removed));
        for key in removed.unwrap_or_default() {
            headers.remove(key);
        }
        let added = self.take(Part::Request, method).into_headers();
        if !added.is_empty() {
            headers.extend(added);
        }
    }

    /// Adds the trailers of a service. Metadata of interceptors under the same keys replaces them.
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

    /// Stores the headers of a service that have reserved keys.
    pub(crate) fn set_service_headers(&self, headers: &HeaderMap) {
        let service_headers = metadata::headers_of_service(headers);
        if !service_headers.is_empty() {
            self.lock().get_or_insert_default().service_headers = service_headers;
        }
    }

    /// Returns the headers of a service that have reserved keys, to be sent at the end of the response.
    pub(crate) fn service_headers(&self) -> HeaderMap {
        self.lock().as_ref().map(|parts| parts.service_headers.clone()).unwrap_or_default()
    }

    /// Moves the metadata of the response and the trailers into `target`, at the end of the response.
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

    /// Adds a value to the extensions of the request.
    pub(crate) fn add_extension<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.lock().get_or_insert_default().extensions.insert(value);
    }

    /// Moves the added extensions into `target`, the extensions of a request.
    pub(crate) fn move_extensions(&self, target: &mut Extensions) {
        if let Some(parts) = &mut *self.lock() {
            target.extend(std::mem::take(&mut parts.extensions));
        }
    }

    /// Sets the retry policy, unless one is set.
    pub(crate) fn set_retry_policy(&self, policy: impl RetryPolicy + 'static) {
        self.lock().get_or_insert_default().retry_policy.get_or_insert_with(|| Box::new(policy));
    }

    pub(crate) fn take_retry_policy(&self) -> Option<Box<dyn RetryPolicy>> {
        self.lock().as_mut()?.retry_policy.take()
    }

    pub(crate) fn count_retry(&self) {
        self.lock().get_or_insert_default().retries += 1;
    }

    pub(crate) fn retries(&self) -> u32 {
        self.lock().as_ref().map_or(0, |parts| parts.retries)
    }

    /// Takes the trailers without reserved keys, or returns `None` if there are none.
    #[inline]
    pub(crate) fn take_trailers(&self, method: &MethodInfo) -> Option<MetadataMap> {
        let parts = self.lock().take()?;
        let trailers = Part::Trailers.without_reserved(method, parts.trailers);
        (!trailers.is_empty()).then_some(trailers)
    }

    /// Locks the parts. The lock is held for a moment only, and no code of users runs in it.
    fn lock(&self) -> MutexGuard<'_, Option<Box<Parts>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Moves `source` into `target`, where it replaces values under the same keys.
fn move_over(target: &mut MetadataMap, source: MetadataMap) {
    if target.is_empty() {
        *target = source;
    } else if !source.is_empty() {
        target.as_mut().extend(source.into_headers());
    }
}

/// A guard for metadata that interceptors add to a call. It dereferences to tonic's `MetadataMap`.
///
/// [`Call::response_metadata`](crate::Call::response_metadata), [`Call::trailers`](crate::Call::trailers) and
/// [`Call::outgoing_metadata`](crate::Call::outgoing_metadata) return it.
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
    added: &'a AddedMetadata,
    part: Part,
    metadata: MetadataMap,
    /// A guard that is held across an `.await` would keep its metadata from the response.
    not_send: PhantomData<MutexGuard<'a, ()>>,
}

impl Deref for MetadataMut<'_> {
    type Target = MetadataMap;

    fn deref(&self) -> &MetadataMap {
        &self.metadata
    }
}

impl DerefMut for MetadataMut<'_> {
    fn deref_mut(&mut self) -> &mut MetadataMap {
        &mut self.metadata
    }
}

impl Drop for MetadataMut<'_> {
    fn drop(&mut self) {
        self.added.put(self.part, std::mem::take(&mut self.metadata));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(metadata: &MetadataMap) -> Vec<&str> {
        let mut keys: Vec<_> = metadata.as_ref().keys().map(http::HeaderName::as_str).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn two_guards_at_once_lose_nothing() {
        let added = AddedMetadata::default();
        let mut response = added.get(Part::Response);
        let mut trailers = added.get(Part::Trailers);
        response.insert("x-first", "1".parse().unwrap());
        trailers.insert("x-cost", "3".parse().unwrap());
        added.add_extension(1_u8);
        added.get(Part::Response).insert("x-second", "2".parse().unwrap());
        added.get(Part::Response).append("x-first", "2".parse().unwrap());
        drop((response, trailers));
        assert_eq!(keys(&added.get(Part::Response)), ["x-first", "x-second"]);
        assert_eq!(added.get(Part::Response).get_all("x-first").iter().count(), 2);
        assert_eq!(keys(&added.get(Part::Trailers)), ["x-cost"]);
    }

    #[test]
    fn reading_metadata_allocates_no_parts() {
        let added = AddedMetadata::default();
        assert!(added.get(Part::Response).is_empty());
        assert!(added.is_empty());
    }
}
