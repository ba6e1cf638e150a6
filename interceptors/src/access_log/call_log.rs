use std::fmt::{self, Display};
use std::sync::Arc;

use tonic::Status;
use vestibule::{Call, Interceptor};

use super::line::Line;
use super::settings::Settings;
use crate::text::{MAX_VALUE, cut};

/// The line of one call in the [`AccessLog`](super::AccessLog), to which interceptors and handlers add fields.
///
/// [`AccessLog`](super::AccessLog) provides it. A handler takes it by the name that the list gives it, and so does an interceptor:
///
/// ```
/// use vestibule::{Call, Status, interceptor};
/// use vestibule_interceptors::{AccessLog, CallLog};
///
/// #[interceptor]
/// async fn tenant(call: &Call, log: &CallLog) -> Result<(), Status> {
///     log.add_field("tenant", call.get::<&str>("x-tenant")?);
///     Ok(())
/// }
///
/// /// In front of every service, also in a layer.
/// #[interceptor(log = AccessLog::server(), tenant(log))]
/// async fn base() -> Result<(), Status> {
///     Ok(())
/// }
///
/// let layer = vestibule::layer((base(),));
/// ```
///
/// [`set_caller`](Self::set_caller) and [`add_field`](Self::add_field) change the line now. [`caller`](Self::caller) and
/// [`field`](Self::field) make entries of a list, which do the same when a call reaches them.
///
/// A clone adds to the same line. What is added after the call has ended is lost. If the call is not logged, nothing is
/// formatted.
#[derive(Clone)]
pub struct CallLog(Option<Arc<Line>>);

impl CallLog {
    pub(super) fn of(settings: &Settings, call: &Call) -> Self {
        Self(Some(Arc::new(Line::start(settings, call))))
    }

    /// Returns a log that drops what is added, as that of a call which is not logged. It is of use in tests of a handler:
    ///
    /// ```
    /// use vestibule_interceptors::CallLog;
    ///
    /// let log = CallLog::disabled();
    /// log.add_field("items", 3);
    /// assert!(!log.is_enabled());
    /// ```
    #[must_use]
    pub const fn disabled() -> Self {
        Self(None)
    }

    #[inline]
    pub(super) fn line(&self) -> Option<&Line> {
        self.0.as_deref()
    }

    /// Returns true if the call may be logged. Ask it before a value that is expensive to find out.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.0.is_some()
    }

    /// Adds `key=value` to the line. The same key twice is there twice. The example of [`CallLog`] calls it.
    ///
    /// The value is cut after 256 bytes, and quoted if it contains spaces or other special characters. A line has 32 of
    /// these fields at most.
    pub fn add_field(&self, key: &'static str, value: impl Display) {
        if let Some(line) = self.line() {
            line.add(key, &cut(format_args!("{value}"), MAX_VALUE));
        }
    }

    /// Sets the field `caller` of the line. Interceptors that know the caller can call it; [`caller`](Self::caller) makes
    /// an entry of a list that does.
    ///
    /// ```
    /// # use vestibule_interceptors::CallLog;
    /// # let log = CallLog::disabled();
    /// log.set_caller("ada");
    /// ```
    pub fn set_caller(&self, caller: impl Display) {
        if let Some(line) = self.line() {
            line.set_caller(cut(format_args!("{caller}"), MAX_VALUE));
        }
    }

    /// Returns an entry of a list that sets the field `caller`. The example of [`AccessLog`](super::AccessLog) has such an entry.
    pub const fn caller<T: Display + Send + Sync>(&self, caller: T) -> LogField<'_, T> {
        LogField { log: self, key: None, value: caller }
    }

    /// Returns an entry of a list that adds `key=value` to the line.
    ///
    /// ```
    /// # use vestibule::{Status, interceptor};
    /// # use vestibule_interceptors::AccessLog;
    /// # #[interceptor]
    /// # async fn tenant() -> Result<String, Status> { Ok(String::new()) }
    /// #[interceptor(log = AccessLog::server(), tenant = tenant(), log.field("tenant", tenant))]
    /// async fn base() -> Result<(), Status> {
    ///     Ok(())
    /// }
    /// ```
    pub const fn field<T: Display + Send + Sync>(&self, key: &'static str, value: T) -> LogField<'_, T> {
        LogField { log: self, key: Some(key), value }
    }
}

/// Prints nothing that the log holds, which may be metadata.
impl fmt::Debug for CallLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallLog").field("is_enabled", &self.is_enabled()).finish_non_exhaustive()
    }
}

/// An entry of a list that adds a field to the line of a call. [`CallLog::caller`] and [`CallLog::field`] make it.
#[must_use = "it does nothing unless it stands in a list"]
pub struct LogField<'a, T> {
    log: &'a CallLog,
    /// `None` for the caller.
    key: Option<&'static str>,
    value: T,
}

impl<T: Display + Send + Sync> Interceptor for LogField<'_, T> {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        match self.key {
            Some(key) => self.log.add_field(key, &self.value),
            None => self.log.set_caller(&self.value),
        }
        Ok(((), ()))
    }
}

/// Prints the key only, because the value may be large.
impl<T> fmt::Debug for LogField<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogField").field("key", &self.key.unwrap_or("caller")).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tonic::Request;
    use vestibule::{MethodInfo, Shape};

    use super::*;
    use crate::access_log::levels::Levels;
    use crate::conventions::Side;

    #[test]
    fn what_it_holds_is_not_in_its_debug_output() {
        const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
        let call = Call::new(ECHO, Request::new(()));
        let log = CallLog::of(&Settings::new(Side::Server, Levels::SERVER), &call);
        log.add_field("token", "hunter2");
        assert_eq!(format!("{log:?}"), "CallLog { is_enabled: true, .. }");
    }
}
