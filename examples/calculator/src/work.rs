//! The duration of an addition. A real addition takes no time, so it could not show an overload.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

/// The reason why an addition waits.
#[derive(Clone, Debug, Default)]
pub enum Work {
    /// An addition does not wait.
    #[default]
    None,
    /// An addition takes this long.
    Takes(Duration),
    /// An addition waits until a gate is open.
    Gate(Arc<Gate>),
}

impl Work {
    pub(crate) async fn done(&self) {
        match self {
            Self::None => {}
            Self::Takes(duration) => tokio::time::sleep(*duration).await,
            Self::Gate(gate) => gate.pass().await,
        }
    }
}

/// Holds additions while it is closed, and signals when one arrives.
#[derive(Debug)]
pub struct Gate {
    is_open: watch::Sender<bool>,
    arrival: Notify,
}

impl Default for Gate {
    /// Makes an open gate.
    fn default() -> Self {
        Self { is_open: watch::Sender::new(true), arrival: Notify::new() }
    }
}

impl Gate {
    /// Closes the gate: further additions wait.
    pub fn close(&self) {
        self.is_open.send_replace(false);
    }

    /// Opens the gate: all additions go on.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Waits until an addition waits at the gate.
    pub async fn arrival(&self) {
        self.arrival.notified().await;
    }

    async fn pass(&self) {
        if !*self.is_open.borrow() {
            self.arrival.notify_one();
            // This fails only without a sender, and `self` holds one.
            let _ = self.is_open.subscribe().wait_for(|is_open| *is_open).await;
        }
    }
}
