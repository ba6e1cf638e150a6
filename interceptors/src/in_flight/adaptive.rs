use std::fmt;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use tonic::Status;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, Shape, Stateful, interceptor};

use super::aimd::Aimd;
use super::median::Median;

/// One of so many calls that come too late is accepted all the same, so that the median is measured again.
const PROBE: u32 = 16;

/// Limits concurrent calls, and finds the limit itself.
///
/// The limit grows while calls end well, and shrinks when they end with an overload. So it follows what the handler and the
/// servers behind it can do now. A call above the limit ends with UNAVAILABLE at once.
///
/// ```
/// use vestibule_interceptors::AdaptiveInFlight;
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
///
/// struct Calculator {
///     in_flight: AdaptiveInFlight,
/// }
///
/// #[interceptor(&self.in_flight)]
/// impl Calculatrice for Calculator {
///     // ...
/// #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
/// }
///
/// let calculator = Calculator { in_flight: AdaptiveInFlight::new(10..=1000) };
/// ```
///
/// If you know the limit, use [`InFlight`](super::InFlight). It also lets calls wait.
///
/// # How the limit changes
///
/// It is AIMD, as TCP does it: additive increase, multiplicative decrease.
///
/// | the call | the limit |
/// | --- | --- |
/// | has ended well, or with another error, while half of the limit was used | grows: by one after a whole limit of such calls |
/// | has ended well while most of the limit was free | stays |
/// | has ended with UNAVAILABLE, `DEADLINE_EXCEEDED` or `RESOURCE_EXHAUSTED` ([`overload_codes`](Self::overload_codes)) | shrinks by a tenth, once for all calls that fail together |
/// | was dropped after its deadline | shrinks likewise |
/// | was dropped because its client has gone, or has panicked | stays |
///
/// Clients with very short deadlines can push it down. If you serve such clients, leave `DEADLINE_EXCEEDED` out of the codes.
///
/// It stays between the floor and the ceiling, and begins at the floor. Calls that were accepted before it shrinks go on.
///
/// A limit of calls behind this interceptor, such as `RateLimit`, ends calls with `RESOURCE_EXHAUSTED` too. Put it in front, or
/// leave that code out of the [`overload_codes`](Self::overload_codes).
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | the deadline, the end of the call, and what [`criticality`](Self::criticality) reads |
/// | writes | nothing |
/// | logs | nothing; [`limit`](Self::limit) and [`in_flight`](Self::in_flight) are for a metric of yours |
/// | counts | the calls in flight, and with [`refuse_late`](Self::refuse_late) their durations |
///
/// It belongs to the phase [`Limit`](vestibule::phase::Limit). It is [`Stateful`], and clones share one limit.
#[derive(Clone)]
pub struct AdaptiveInFlight {
    shared: Arc<Shared>,
    criticality: fn(&Call) -> Criticality,
    overload_codes: Arc<[Code]>,
    counts_streams: CountsStreams,
    refuses_late: bool,
}

struct Shared {
    in_flight: AtomicUsize,
    /// The limit of `aimd`, which calls read without a lock.
    limit: AtomicUsize,
    aimd: Mutex<Aimd>,
    /// The medians of methods, by the address of the method's name. There is one for each method of the program at most.
    medians: RwLock<Vec<(usize, Arc<Median>)>>,
    late: AtomicU32,
}

/// The part of its life in which a stream counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CountsStreams {
    UntilTheirEnd,
    UntilTheirFirstResponse,
}

/// The importance of a call. When the limit is near, less important calls are refused first.
///
/// ```
/// use vestibule::Call;
/// use vestibule_interceptors::{AdaptiveInFlight, Criticality};
///
/// fn criticality(call: &Call) -> Criticality {
///     match call.method().name() {
///         "Prefetch" => Criticality::Sheddable,
///         _ => Criticality::Normal,
///     }
/// }
///
/// let in_flight = AdaptiveInFlight::new(10..=1000).criticality(criticality);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criticality {
    /// It is refused from half of the limit on.
    Sheddable,
    /// It is refused from nine tenths of the limit on.
    Normal,
    /// It is refused at the limit.
    Critical,
}

impl AdaptiveInFlight {
    /// Allows a number of calls in this range at the same time. It begins with the least. The example of [`AdaptiveInFlight`]
    /// calls it.
    ///
    /// # Panics
    ///
    /// Panics if the range is empty, or begins with zero: then no call could tell that the server is well again.
    #[must_use]
    pub fn new(calls: RangeInclusive<usize>) -> Self {
        let (floor, ceiling) = calls.into_inner();
        assert!(
            0 < floor && floor <= ceiling,
            "the range of calls must not be empty, and must begin with one or more"
        );
        let shared = Shared {
            in_flight: AtomicUsize::new(0),
            limit: AtomicUsize::new(floor),
            aimd: Mutex::new(Aimd::new(floor, ceiling, floor)),
            medians: RwLock::default(),
            late: AtomicU32::new(0),
        };
        Self {
            shared: Arc::new(shared),
            criticality: |_| Criticality::Critical,
            overload_codes: [Code::Unavailable, Code::DeadlineExceeded, Code::ResourceExhausted].into(),
            counts_streams: CountsStreams::UntilTheirEnd,
            refuses_late: false,
        }
    }

    /// Sets the importance of calls. Without it, all are critical. The example of [`Criticality`] calls it.
    ///
    /// A caller must not choose it freely. Read it from the method, from what authentication has found, or from metadata of peers
    /// that you trust.
    #[must_use]
    pub fn criticality(self, criticality: fn(&Call) -> Criticality) -> Self {
        Self { criticality, ..self }
    }

    /// Sets the codes that tell of an overload.
    ///
    /// ```
    /// use vestibule::Code;
    /// use vestibule_interceptors::AdaptiveInFlight;
    ///
    /// let in_flight = AdaptiveInFlight::new(10..=1000).overload_codes([Code::Unavailable]);
    /// ```
    #[must_use]
    pub fn overload_codes(self, codes: impl IntoIterator<Item = Code>) -> Self {
        Self { overload_codes: codes.into_iter().collect(), ..self }
    }

    /// Lets a call with a response stream count only until its first response. Without this, it counts until its end.
    ///
    /// Use it if to open a stream is the work, and to keep it open is not, as for notifications.
    ///
    /// ```
    /// use vestibule_interceptors::AdaptiveInFlight;
    ///
    /// let in_flight = AdaptiveInFlight::new(10..=1000).count_streams_until_first_response();
    /// ```
    #[must_use]
    pub fn count_streams_until_first_response(self) -> Self {
        Self { counts_streams: CountsStreams::UntilTheirFirstResponse, ..self }
    }

    /// Refuses a unary call at once, with `DEADLINE_EXCEEDED`, if less time is left than the median of its method.
    ///
    /// The median is that of calls which have ended with OK. One of sixteen such calls is accepted all the same, so that a server
    /// that has become quicker learns it. Methods behind a [`layer`](vestibule::layer()) have no median, because a caller chooses
    /// their names.
    ///
    /// ```
    /// use vestibule_interceptors::AdaptiveInFlight;
    ///
    /// let in_flight = AdaptiveInFlight::new(10..=1000).refuse_late();
    /// ```
    #[must_use]
    pub fn refuse_late(self) -> Self {
        Self { refuses_late: true, ..self }
    }

    /// Returns the limit now.
    ///
    /// ```
    /// use vestibule_interceptors::AdaptiveInFlight;
    ///
    /// let in_flight = AdaptiveInFlight::new(10..=1000);
    /// assert_eq!((in_flight.limit(), in_flight.in_flight()), (10, 0));
    /// ```
    #[must_use]
    pub fn limit(&self) -> usize {
        self.shared.limit.load(Relaxed)
    }

    /// Returns the number of calls that count now. The example of [`limit`](Self::limit) calls it.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.shared.in_flight.load(Relaxed)
    }

    /// Returns the place of a call, or `None` if there is none.
    fn acquire(&self, call: &Call) -> Option<Slot> {
        let places = (self.criticality)(call).part_of(self.limit());
        let take = |in_flight| (in_flight < places).then_some(in_flight + 1);
        self.shared.in_flight.fetch_update(Relaxed, Relaxed, take).ok()?;
        Some(Slot(Arc::clone(&self.shared)))
    }

    /// Returns the median of a method whose name is a constant of the program.
    fn median(&self, call: &Call) -> Option<Arc<Median>> {
        let is_unary = call.method().shape() == Some(Shape::Unary);
        if !self.refuses_late || !is_unary {
            return None;
        }
        let name = call.method().static_path()?.as_ptr().addr();
        let find = |medians: &[(usize, Arc<Median>)]| {
            medians.iter().find(|(known, _)| *known == name).map(|(_, median)| Arc::clone(median))
        };
        let known = find(&self.shared.medians.read().unwrap_or_else(PoisonError::into_inner));
        known.or_else(|| {
            let mut medians = self.shared.medians.write().unwrap_or_else(PoisonError::into_inner);
            find(&medians).or_else(|| {
                medians.push((name, Arc::default()));
                medians.last().map(|(_, median)| Arc::clone(median))
            })
        })
    }

    /// Returns true if a call can't be done in the time that is left.
    fn is_late(&self, deadline: Option<Instant>, now: Instant, median: Option<&Median>) -> bool {
        let Some((deadline, median)) = deadline.zip(median.and_then(Median::get)) else { return false };
        deadline.saturating_duration_since(now) < median
            && self.shared.late.fetch_add(1, Relaxed) % PROBE != PROBE - 1
    }
}

impl Criticality {
    /// Returns the part of the limit that calls of this importance may fill. It is never zero.
    fn part_of(self, limit: usize) -> usize {
        match self {
            Self::Sheddable => limit.div_ceil(2),
            Self::Normal => limit - limit / 10,
            Self::Critical => limit,
        }
    }
}

/// A place of a call. It is free again when this is dropped.
struct Slot(Arc<Shared>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// The hooks of [`AdaptiveInFlight`], which learn how a call ends.
///
/// The hooks have no methods of their own and no example, because only the chain uses them.
pub struct AdaptiveHooks {
    shared: Arc<Shared>,
    slot: Option<Slot>,
    /// The number of calls when this one has started, with itself.
    in_flight: usize,
    started: Instant,
    deadline: Option<Instant>,
    median: Option<Arc<Median>>,
    overload_codes: Arc<[Code]>,
    is_free_after_response: bool,
}

impl<M: Method> Hooks<M> for AdaptiveHooks {
    #[inline]
    fn on_response(&mut self, _message: &mut M::Response) -> Result<(), Status> {
        if self.is_free_after_response {
            self.slot = None;
        }
        Ok(())
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        let now = Instant::now();
        let is_past = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        let is_overload = match outcome {
            Outcome::Finished(Ok(())) => false,
            Outcome::Finished(Err(status)) => self.overload_codes.contains(&status.code()),
            // An interceptor further out may have ended the call at its deadline.
            Outcome::Interrupted if is_past(self.deadline) => true,
            _ => return,
        };
        if let (Outcome::Finished(Ok(())), Some(median)) = (outcome, &self.median) {
            median.record(now - self.started);
        }
        let mut aimd = self.shared.aimd.lock().unwrap_or_else(PoisonError::into_inner);
        if is_overload {
            aimd.overloaded(self.started, now);
        } else {
            aimd.succeeded(self.in_flight);
        }
        self.shared.limit.store(aimd.limit(), Relaxed);
    }
}

impl Stateful for AdaptiveInFlight {}

#[interceptor(phase = Limit)]
impl Interceptor for AdaptiveInFlight {
    type Provides = ();
    type Hooks = AdaptiveHooks;

    async fn start(&self, call: &Call) -> Result<((), AdaptiveHooks), Status> {
        let (started, deadline, median) = (Instant::now(), call.deadline(), self.median(call));
        if self.is_late(deadline, started, median.as_deref()) {
            return Err(Status::deadline_exceeded("not enough time is left for this call"));
        }
        let Some(slot) = self.acquire(call) else {
            return Err(Status::unavailable("too many calls in flight"));
        };
        let has_response_stream =
            matches!(call.method().shape(), Some(Shape::ServerStreaming | Shape::Bidirectional) | None);
        let hooks = AdaptiveHooks {
            shared: Arc::clone(&self.shared),
            slot: Some(slot),
            in_flight: self.in_flight(),
            started,
            deadline,
            median,
            overload_codes: Arc::clone(&self.overload_codes),
            is_free_after_response: has_response_stream
                && self.counts_streams == CountsStreams::UntilTheirFirstResponse,
        };
        Ok(((), hooks))
    }
}

impl fmt::Debug for AdaptiveInFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdaptiveInFlight")
            .field("limit", &self.limit())
            .field("in_flight", &self.in_flight())
            .field("overload_codes", &self.overload_codes)
            .field("counts_streams", &self.counts_streams)
            .field("refuses_late", &self.refuses_late)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AdaptiveHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AdaptiveHooks").field("started", &self.started).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_call_is_late_if_less_than_the_median_is_left() {
        let in_flight = AdaptiveInFlight::new(1..=1).refuse_late();
        let (now, median, unknown) = (Instant::now(), Median::default(), Median::default());
        let in_ms = |millis| Some(now + Duration::from_millis(millis));
        (0..100).for_each(|_| median.record(Duration::from_millis(10)));
        for (deadline, median, expected) in [
            (in_ms(9), Some(&median), true),
            (in_ms(0), Some(&median), true),
            (in_ms(10), Some(&median), false),
            (in_ms(60_000), Some(&median), false),
            (None, Some(&median), false),
            (in_ms(0), Some(&unknown), false),
            (in_ms(0), None, false),
        ] {
            assert_eq!(in_flight.is_late(deadline, now, median), expected, "{deadline:?}");
        }
    }

    #[test]
    fn one_of_sixteen_late_calls_measures_the_median_again() {
        let in_flight = AdaptiveInFlight::new(1..=1).refuse_late();
        let (now, median) = (Instant::now(), Median::default());
        (0..100).for_each(|_| median.record(Duration::from_millis(10)));
        let late = (0..160).filter(|_| in_flight.is_late(Some(now), now, Some(&median))).count();
        assert_eq!(late, 150);
    }

    #[test]
    fn less_important_calls_have_a_part_of_the_limit() {
        for (limit, parts) in [(1, [1, 1, 1]), (2, [1, 2, 2]), (10, [5, 9, 10]), (1000, [500, 900, 1000])] {
            use Criticality::{Critical, Normal, Sheddable};
            assert_eq!([Sheddable, Normal, Critical].map(|it| it.part_of(limit)), parts, "{limit}");
        }
    }

    #[test]
    #[should_panic(expected = "must begin with one or more")]
    fn a_floor_of_zero_would_be_the_end() {
        let _ = AdaptiveInFlight::new(0..=10);
    }
}
