//! What a call leaves in the log.

use std::io;
use std::sync::{Arc, Mutex, Once};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Returns what is logged so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

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

/// Lets events be logged in the threads that ask for it.
pub(crate) fn enable() {
    static GLOBAL: Once = Once::new();
    // tracing switches an event off for all threads if the first thread that meets it has no subscriber.
    GLOBAL.call_once(|| {
        let nowhere = tracing_subscriber::registry().with(LevelFilter::INFO);
        tracing::subscriber::set_global_default(nowhere).expect("nobody else sets it");
    });
}

/// Returns what `run` logs in this thread, and its result.
pub(crate) fn log_in<T>(run: impl FnOnce() -> T) -> (String, T) {
    enable();
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).without_time().finish();
    let result = tracing::subscriber::with_default(subscriber, run);
    (log.text().trim().to_owned(), result)
}

/// Returns what a call logs, and the call's result. All of the call runs in this thread.
pub(crate) fn log_of<T>(call: impl Future<Output = T>) -> (String, T) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().unwrap();
    log_in(|| runtime.block_on(call))
}
