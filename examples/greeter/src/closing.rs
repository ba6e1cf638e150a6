//! Shutdown: the signal that ends calls which would last for ever.

use tokio::sync::watch;
use vestibule::{Rest, Status, interceptor};

/// Holds true once the server is about to shut down. Clones share the value.
#[derive(Clone, Debug, Default)]
pub struct Closing(watch::Sender<bool>);

impl Closing {
    /// Signals all calls that wait for the shutdown.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    async fn begun(&self) {
        // This fails only without a sender, and `self` holds one.
        let _ = self.0.subscribe().wait_for(|is_closing| *is_closing).await;
    }
}

/// Ends a call when the server is about to shut down. A graceful shutdown would wait for a chat for
/// ever.
///
/// The code is UNAVAILABLE: clients may try again, best with another server.
#[interceptor]
pub async fn until_closing(closing: &Closing, rest: impl Rest) -> Result<(), Status> {
    tokio::select! {
        result = rest => result,
        () = closing.begun() => Err(Status::unavailable("the server is shutting down")),
    }
}
