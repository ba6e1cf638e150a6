//! The entries of a list that add to the record of a call.

use std::fmt::{self, Display};
use std::marker::PhantomData;

use tonic::Status;
use vestibule::{Call, Hooks, Interceptor, Method};

use super::CallAudit;

impl CallAudit {
    /// Returns an entry of a list that sets who called. The example of [`Audit`](super::Audit) has such an entry.
    pub const fn caller<T: Display + Send + Sync>(&self, caller: T) -> AuditCaller<'_, T> {
        AuditCaller { audit: self, caller }
    }

    /// Returns an entry of a method that takes what the call is about from its first message. The example of
    /// [`Audit`](super::Audit) has such an entry.
    ///
    /// The text may contain whatever the function takes, so take a name or an id, and no secret.
    pub fn subject<T, F: Fn(&T) -> String + Send + Sync + Clone + 'static>(
        &self,
        take: F,
    ) -> AuditSubject<T, F> {
        AuditSubject::new(self.clone(), take)
    }
}

/// An entry of a list that sets who called. [`CallAudit::caller`] makes it.
#[must_use = "it does nothing unless it stands in a list"]
pub struct AuditCaller<'a, T> {
    audit: &'a CallAudit,
    caller: T,
}

impl<T: Display + Send + Sync> Interceptor for AuditCaller<'_, T> {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        self.audit.set_caller(&self.caller);
        Ok(((), ()))
    }
}

impl<T> fmt::Debug for AuditCaller<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditCaller").finish_non_exhaustive()
    }
}

/// An entry of a method that takes from its message what the call is about. [`CallAudit::subject`] makes it.
#[must_use = "it does nothing unless it stands in a list"]
pub struct AuditSubject<T, F> {
    hooks: AuditSubjectHooks<T, F>,
}

/// The hooks of [`AuditSubject`].
pub struct AuditSubjectHooks<T, F> {
    audit: CallAudit,
    take: F,
    /// True until the first message of a stream has arrived.
    is_first: bool,
    message: PhantomData<fn(&T)>,
}

impl<T, F> AuditSubject<T, F> {
    pub(super) fn new(audit: CallAudit, take: F) -> Self {
        Self { hooks: AuditSubjectHooks { audit, take, is_first: true, message: PhantomData } }
    }
}

impl<T: 'static, F: Fn(&T) -> String + Send + Sync + Clone + 'static> Interceptor for AuditSubject<T, F> {
    type Provides = ();
    type Hooks = AuditSubjectHooks<T, F>;

    async fn start(&self, _call: &Call) -> Result<((), AuditSubjectHooks<T, F>), Status> {
        let AuditSubjectHooks { audit, take, .. } = &self.hooks;
        Ok(((), Self::new(audit.clone(), take.clone()).hooks))
    }
}

impl<T, F: Fn(&T) -> String + Send, M: Method<Request = T>> Hooks<M> for AuditSubjectHooks<T, F> {
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

impl<T, F> fmt::Debug for AuditSubjectHooks<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditSubjectHooks").finish_non_exhaustive()
    }
}
