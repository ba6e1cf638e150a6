use std::fmt;
use std::marker::PhantomData;

use tonic::Status;
use vestibule::{Call, Hooks, Interceptor, Method};

use super::CallAudit;

/// An entry of a method that takes from its message what the call is about. [`CallAudit::subject`] makes it.
#[must_use = "it does nothing unless it stands in a list"]
pub struct AuditSubject<T, F> {
    hooks: SubjectHooks<T, F>,
}

/// The hooks of [`AuditSubject`].
pub struct SubjectHooks<T, F> {
    audit: CallAudit,
    take: F,
    /// True until the first message of a stream has arrived.
    is_first: bool,
    message: PhantomData<fn(&T)>,
}

impl<T, F> AuditSubject<T, F> {
    pub(super) fn new(audit: CallAudit, take: F) -> Self {
        Self { hooks: SubjectHooks { audit, take, is_first: true, message: PhantomData } }
    }
}

impl<T: 'static, F: Fn(&T) -> String + Send + Sync + Clone + 'static> Interceptor for AuditSubject<T, F> {
    type Provides = ();
    type Hooks = SubjectHooks<T, F>;

    async fn start(&self, _call: &Call) -> Result<((), SubjectHooks<T, F>), Status> {
        let SubjectHooks { audit, take, .. } = &self.hooks;
        Ok(((), Self::new(audit.clone(), take.clone()).hooks))
    }
}

impl<T, F: Fn(&T) -> String + Send, M: Method<Request = T>> Hooks<M> for SubjectHooks<T, F> {
    fn on_request(&mut self, message: &mut T) -> Result<(), Status> {
        if std::mem::take(&mut self.is_first) {
            self.audit.set_subject((self.take)(message));
        }
        Ok(())
    }
}

impl<T, F> fmt::Debug for AuditSubject<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditSubject").finish_non_exhaustive()
    }
}

impl<T, F> fmt::Debug for SubjectHooks<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectHooks").finish_non_exhaustive()
    }
}
