//! The methods of a call that are for the crate alone.

use http::HeaderMap;
use tonic::Extensions;
use tonic::body::Body;

use super::added_metadata::AddedMetadata;
use super::body::{ReadAheadLimit, UnreadBody};
use super::progress::Progress;
use super::retry::RetryPolicy;
use super::trailers::Trailers;
use super::upload::Upload;
use super::{Call, CalledMethod, Encrypted};
use crate::metadata::{MAX_HEADERS_SIZE, headers_size};

fn warn_of_size(call: &Call, headers: &HeaderMap) {
    let size = headers_size(headers);
    if size > MAX_HEADERS_SIZE && call.progress.is_first_warning() {
        let method = call.method().path();
        tracing::warn!(target: "vestibule", method, size, "the metadata of the response is above 8 KiB: some clients fail such calls");
    }
}

impl Call {
    pub(crate) fn set_encrypted(&mut self, is_encrypted: bool) {
        self.request.extensions_mut().insert(Encrypted(is_encrypted));
    }

    pub(crate) fn take_retry_policy(&self) -> Option<Box<dyn RetryPolicy>> {
        self.sent.take_retry_policy()
    }

    /// Keeps the body of the request until it is asked for.
    pub(crate) fn set_body(&mut self, body: Body, bound: ReadAheadLimit) {
        self.intake = UnreadBody::new(body, bound);
    }

    /// The body of the request. From now on, whoever has it reads it.
    pub(crate) fn take_body(&self) -> Body {
        self.intake.take()
    }

    pub(crate) fn intake(&self) -> &UnreadBody {
        &self.intake
    }

    pub(crate) fn set_upload(&mut self, upload: Option<Upload>) {
        self.upload = upload;
    }

    pub(crate) fn upload(&self) -> Option<Upload> {
        self.upload.clone()
    }

    /// Returns true if nobody will see a result, because the call is being ended from outside.
    #[inline]
    pub(crate) fn is_interrupted(&self) -> bool {
        self.progress.is_interrupted() || self.upload.as_ref().is_some_and(Upload::is_aborted)
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The metadata that goes somewhere.
    #[inline]
    pub(crate) fn sent(&self) -> &AddedMetadata {
        &self.sent
    }

    /// Warns, once, of metadata that is about to leave and that some clients do not take.
    #[inline]
    pub(crate) fn warn_if_too_large(&self, headers: &HeaderMap) {
        if !headers.is_empty() {
            warn_of_size(self, headers);
        }
    }

    /// Leaves the trailers of a single reply for the mount. tonic's own server has no place for them.
    pub(crate) fn move_trailers(&self, extensions: &mut Extensions) {
        let Some(trailers) = self.sent.take_trailers(self.method()) else { return };
        if matches!(self.method, CalledMethod::MountedParts(_)) {
            self.warn_if_too_large(trailers.as_ref());
            extensions.insert(Trailers(trailers));
        } else {
            let method = self.method().path();
            tracing::warn!(target: "vestibule", method, "trailers are lost: tonic's own server sends none after a single reply");
        }
    }
}
