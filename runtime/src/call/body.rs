//! The body of a request before its chain reads it.
//!
//! All streams of an HTTP/2 connection share one [flow-control window]. An unread body fills that window, and then the other
//! calls of the connection receive no data. So while a start is pending, the body is read ahead, up to a limit. If all
//! starts are ready at once, nothing is read ahead.
//!
//! [flow-control window]: https://www.rfc-editor.org/rfc/rfc9113#section-5.2

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

use super::resumed_body::{AfterChunks, ResumedBody};

/// The number of bytes to read ahead by default, which is tonic's limit for the size of a message.
///
/// A lower number would not save memory, because unread bytes stay in the window.
pub(crate) const DEFAULT_READ_AHEAD: usize = 4 << 20;

/// The size of the prefix of a message in bytes: one for the compression flag, four for the length.
pub(crate) const PREFIX: usize = 5;

/// The number of frames to read ahead in one poll, so that other tasks run in between. Frames may be empty, so a number of
/// bytes would not limit the work.
const MAX_FRAMES_PER_POLL: u8 = 32;

/// The size in bytes up to which small frames are joined into one chunk. A chunk for each of them would need more memory.
const MAX_CHUNK: usize = 64 << 10;

/// The limit for reading a body ahead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAheadLimit {
    /// The number of bytes in total.
    pub(crate) bytes: usize,
    /// True if only the first message is read ahead.
    pub(crate) is_single: bool,
    /// The largest size of a message in bytes. The decoder rejects a larger message by its prefix, so its data is dropped.
    pub(crate) message: usize,
}

/// The body of a request, until the chain takes it.
#[derive(Default)]
pub(crate) struct UnreadBody {
    /// True until the body is taken. `read_ahead` is called whenever a chain is pending, and this flag spares it the lock.
    is_unread: AtomicBool,
    unread: Mutex<Option<Unread>>,
}

type Panic = Box<dyn Any + Send>;

struct Unread {
    body: Body,
    limit: ReadAheadLimit,
    /// `None` until a frame was read ahead.
    read_ahead: Option<Box<ReadAhead>>,
}

impl UnreadBody {
    pub(crate) fn new(body: Body, limit: ReadAheadLimit) -> Self {
        let unread = Unread { body, limit, read_ahead: None };
        Self { is_unread: AtomicBool::new(true), unread: Mutex::new(Some(unread)) }
    }

    /// Takes the body, which begins with the data that was read ahead. The second time, the body is empty.
    pub(crate) fn take(&self) -> Body {
        self.is_unread.store(false, Ordering::Relaxed);
        match self.lock().take() {
            Some(Unread { body, read_ahead: None, .. }) => body,
            Some(Unread { body, read_ahead: Some(read_ahead), .. }) => {
                let chunks = read_ahead.chunks.into_iter().map(BytesMut::freeze).collect();
                Body::new(ResumedBody::new(chunks, read_ahead.next, body))
            }
            None => Body::empty(),
        }
    }

    /// Reads the frames that have arrived, for a chain that is pending. `report` makes a status of a panic of the body.
    #[inline]
    pub(crate) fn read_ahead(&self, cx: &mut Context<'_>, report: impl FnOnce(Panic) -> Status) {
        // `Relaxed` is enough, because the task that polls the call also takes the body.
        if self.is_unread.load(Ordering::Relaxed) {
            self.lock_and_read_ahead(cx, report);
        }
    }

    #[cold]
    fn lock_and_read_ahead(&self, cx: &mut Context<'_>, report: impl FnOnce(Panic) -> Status) {
        let mut unread = self.lock();
        let Some(unread) = &mut *unread else { return };
        let read = AssertUnwindSafe(|| unread.read_ahead(cx));
        if let Err(panic) = catch_unwind(read) {
            unread.read_ahead.get_or_insert_default().next = AfterChunks::Last(Err(report(panic)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Unread>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unread {
    fn read_ahead(&mut self, cx: &mut Context<'_>) {
        for _ in 0..MAX_FRAMES_PER_POLL {
            if self.read_ahead.as_ref().is_some_and(|read_ahead| read_ahead.is_enough(self.limit)) {
                return;
            }
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else { return };
            self.read_ahead.get_or_insert_default().push(frame, self.limit);
        }
        cx.waker().wake_by_ref();
    }
}

/// The part of a body that was read ahead.
#[derive(Default)]
struct ReadAhead {
    chunks: VecDeque<BytesMut>,
    len: usize,
    /// The length of the first message, after its prefix has arrived.
    first_message_len: Option<usize>,
    /// True if the first message is larger than the limit.
    is_too_large: bool,
    next: AfterChunks,
}

impl ReadAhead {
    fn is_enough(&self, limit: ReadAheadLimit) -> bool {
        let enough = match self.first_message_len {
            Some(len) if limit.is_single => limit.bytes.min(len.saturating_add(PREFIX)),
            _ => limit.bytes,
        };
        self.len >= enough || !matches!(self.next, AfterChunks::Rest)
    }

    fn push(&mut self, frame: Option<Result<Frame<Bytes>, Status>>, limit: ReadAheadLimit) {
        self.next = match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => return self.push_data(&data, limit),
            Some(Ok(Err(last))) => AfterChunks::Last(Ok(last.into_trailers().unwrap_or_default())),
            Some(Err(status)) => AfterChunks::Last(Err(status)),
            None => AfterChunks::End,
        };
    }

    /// Copies `data`. The frame itself would keep the connection's read buffer alive, which holds other frames as well.
    fn push_data(&mut self, data: &[u8], limit: ReadAheadLimit) {
        if self.is_too_large || data.is_empty() {
            return;
        }
        self.len += data.len();
        match self.chunks.back_mut() {
            Some(last) if last.len() + data.len() <= MAX_CHUNK => last.extend_from_slice(data),
            _ => self.chunks.push_back(data.into()),
        }
        if self.first_message_len.is_none() {
            self.first_message_len = self.read_first_message_len();
            self.is_too_large = self.first_message_len.is_some_and(|len| len > limit.message);
            if self.is_too_large {
                self.truncate_to_prefix();
            }
        }
    }

    /// Reads the length in the prefix of the first message.
    fn read_first_message_len(&self) -> Option<usize> {
        let mut bytes = self.chunks.iter().flatten().copied();
        let [_, len @ ..] = std::array::from_fn::<_, PREFIX, _>(|_| bytes.next());
        let [Some(a), Some(b), Some(c), Some(d)] = len else { return None };
        usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()
    }

    fn truncate_to_prefix(&mut self) {
        let prefix: BytesMut = self.chunks.iter().flatten().take(PREFIX).copied().collect();
        self.chunks = [prefix].into();
        self.len = PREFIX;
    }
}

impl fmt::Debug for UnreadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadBody").finish_non_exhaustive()
    }
}
