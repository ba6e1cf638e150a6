//! The methods of a call that only this crate uses.

use std::error::Error;

use http::HeaderMap;
use http::request::Parts;
use tonic::body::Body;
use tonic::{Extensions, Request, Status};

use super::added_metadata::AddedMetadata;
use super::body::{ReadAheadLimit, UnreadBody};
use super::forwarded::empty_head;
use super::progress::Progress;
use super::source_log::SourceLog;
use super::trailers::Trailers;
use super::upload::Upload;
use super::{Call, CalledMethod};
use crate::metadata::{MAX_HEADERS_SIZE, headers_size};

fn warn_of_size(call: &Call, headers: &HeaderMap) {
    let size = headers_size(headers);
    if size > MAX_HEADERS_SIZE && call.progress.is_first_warning() {
        let method = &*call.method().logged_path();
        tracing::warn!(target: "vestibule", method, size, "the metadata of the response is above 8 KiB: some clients fail such calls");
    }
}

impl Call {
    /// Returns the metadata and the extensions of the request.
    #[inline]
    pub(super) fn request(&self) -> &Request<()> {
        match &self.method {
            CalledMethod::Annotated(_) | CalledMethod::Mounted(_) => &self.request,
            CalledMethod::Forwarded(request) => request.read(),
        }
    }

    /// Takes the head of the forwarded request, for the service that receives it.
    ///
    /// If no interceptor wraps the call, nobody reads its metadata after this. Then the metadata is moved and not copied.
    #[inline]
    pub(crate) fn take_head(&self) -> Parts {
        match &self.method {
            CalledMethod::Annotated(_) | CalledMethod::Mounted(_) => empty_head(),
            CalledMethod::Forwarded(request) => request.take(self.progress.is_wrapped()),
        }
    }

    /// Stores the body of the request until the chain reads it.
    #[inline]
    pub(crate) fn set_body(&mut self, body: Body, limit: ReadAheadLimit) {
        self.body = UnreadBody::new(body, limit);
    }

    /// Takes the body of the request. From now on its owner reads it, and nothing is read ahead.
    #[inline]
    pub(crate) fn take_body(&self) -> Body {
        self.body.take()
    }

    pub(crate) fn unread_body(&self) -> &UnreadBody {
        &self.body
    }

    #[inline]
    pub(crate) fn set_upload(&mut self, upload: Option<Upload>) {
        self.upload = upload;
    }

    pub(crate) fn upload(&self) -> Option<Upload> {
        self.upload.clone()
    }

    /// Returns true if the call is being dropped, or its client has aborted its stream. No result will reach the client.
    #[inline]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.progress.is_interrupted() || self.upload.as_ref().is_some_and(Upload::is_aborted)
    }

    /// Makes this the call of a client.
    pub(crate) fn set_client(&mut self) {
        self.source_log = SourceLog::Client;
    }

    /// Logs the sources that are attached to `status`, unless they were logged already.
    ///
    /// A call that is interrupted logs none: they say how the connection was lost.
    pub(crate) fn log_attached_sources(&self, status: &Status) {
        if status.source().is_some() && !self.is_interrupted() {
            self.source_log.log(self.method(), status);
        }
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Returns the metadata that interceptors have added to the request and to the response.
    #[inline]
    pub(crate) fn added_metadata(&self) -> &AddedMetadata {
        &self.added_metadata
    }

    /// Logs a warning, once for each call, if the metadata about to be sent is too large for some clients.
    #[inline]
    pub(crate) fn warn_if_too_large(&self, headers: &HeaderMap) {
        if !headers.is_empty() {
            warn_of_size(self, headers);
        }
    }

    /// Returns true if the server would drop the trailers of a single response.
    #[inline]
    pub(super) fn loses_trailers(&self) -> bool {
        !matches!(self.method, CalledMethod::Mounted(_))
    }

    /// Moves the trailers of a single response into `extensions`, where the mount finds them.
    ///
    /// tonic's own server sends no trailers after a single response, so that they are lost there.
    pub(crate) fn move_trailers(&self, extensions: &mut Extensions) {
        let Some(trailers) = self.added_metadata.take_trailers(self.method()) else { return };
        if self.loses_trailers() {
            let method = self.method().path();
            tracing::warn!(target: "vestibule", method, "trailers are lost: tonic's own server sends none after a single response");
        } else {
            self.warn_if_too_large(trailers.as_ref());
            extensions.insert(Trailers(trailers));
        }
    }
}
