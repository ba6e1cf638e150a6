use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use tonic::Status;

/// The place of the hooks of a list, which are there when all its entries have started.
#[derive(Clone)]
pub(crate) struct ListSlot(Arc<OnceLock<Arc<dyn AnyMessageHooks>>>);

/// Hooks for messages whose types are not known here.
pub(super) trait AnyMessageHooks: Send + Sync {
    fn on_request(&self, message: &mut dyn Any) -> Result<(), Status>;

    fn on_response(&self, message: &mut dyn Any) -> Result<(), Status>;
}

impl ListSlot {
    /// Creates an empty place.
    pub(super) fn new() -> Self {
        Self(Arc::new(OnceLock::new()))
    }

    /// Returns the hooks, if the list has any and all its entries have started.
    #[inline]
    pub(super) fn get(&self) -> Option<&dyn AnyMessageHooks> {
        self.0.get().map(|hooks| &**hooks)
    }

    /// Stores the hooks. A list has them once in a call.
    pub(super) fn set(&self, hooks: Arc<dyn AnyMessageHooks>) {
        let _ = self.0.set(hooks);
    }
}

impl fmt::Debug for ListSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListSlot").finish_non_exhaustive()
    }
}
