//! What stands in the log.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What stands in the log after `run`, and its result.
pub(crate) fn log_in<T>(run: impl FnOnce() -> T) -> (String, T) {
    // Who meets an event first without a subscriber would switch it off for all, if that coincides with the next line.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).without_time().finish();
    let result = tracing::subscriber::with_default(subscriber, run);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    (log.trim().to_owned(), result)
}

/// What stands in the log after a call, and the call's result. All of it runs in this thread.
pub(crate) fn log_of<T>(call: impl Future<Output = T>) -> (String, T) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().unwrap();
    log_in(|| runtime.block_on(call))
}
