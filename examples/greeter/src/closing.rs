//! The end of the server, and how a call that has no end of its own learns of it.

use tokio::sync::watch;
use vestibule::{Rest, Status, interceptor};

/// Whether the server is about to end. Clones are told together.
#[derive(Clone, Debug, Default)]
pub struct Closing(watch::Sender<bool>);

impl Closing {
    /// Tells all calls that wait for it.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    async fn begun(&self) {
        // The sender is ours, so that there is always one.
        let _ = self.0.subscribe().wait_for(|is_closing| *is_closing).await;
    }
}

/// Ends a call when the server is about to: a graceful shutdown would wait for a chat for ever.
///
/// With UNAVAILABLE, by which clients know that they may try again, best with another server.
#[interceptor]
pub async fn until_closing(closing: &Closing, rest: impl Rest) -> Result<(), Status> {
    tokio::select! {
        result = rest => result,
        () = closing.begun() => Err(Status::unavailable("the server is shutting down")),
    }
}
