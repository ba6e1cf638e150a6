use tracing::Level;
use tracing::level_filters::LevelFilter;
use vestibule::Code;

/// The level of the line for each code, by the number of the code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels([Level; 17]);

const DEBUG: Level = Level::DEBUG;
const INFO: Level = Level::INFO;
const WARN: Level = Level::WARN;
const ERROR: Level = Level::ERROR;

impl Levels {
    /// The levels of go-grpc-middleware for a server, in the order of the codes from OK to UNAUTHENTICATED.
    pub(super) const SERVER: Self = Self([
        INFO, INFO, ERROR, INFO, WARN, INFO, INFO, WARN, WARN, WARN, WARN, WARN, ERROR, ERROR, WARN, ERROR,
        INFO,
    ]);
    /// The levels of go-grpc-middleware for a client.
    pub(super) const CLIENT: Self = Self([
        DEBUG, DEBUG, INFO, DEBUG, INFO, DEBUG, DEBUG, INFO, DEBUG, DEBUG, DEBUG, DEBUG, WARN, WARN, WARN,
        WARN, INFO,
    ]);

    pub(super) const fn with(mut self, code: Code, level: Level) -> Self {
        self.0[code as usize] = level;
        self
    }

    pub(super) fn of(&self, code: Code) -> Level {
        self.0[code as usize]
    }

    /// Returns true if a subscriber wants a line of one of these levels.
    ///
    /// A subscriber that wants a level wants the more severe ones as well, so it is asked for the most severe one.
    #[inline]
    pub(super) fn is_enabled(&self) -> bool {
        // A process without a subscriber is done after one load.
        LevelFilter::current() != LevelFilter::OFF && is_enabled(self.most_severe())
    }

    fn most_severe(&self) -> Level {
        // `Level::ERROR` is the smallest level.
        self.0.iter().copied().min().unwrap_or(ERROR)
    }
}

/// Returns true if a subscriber wants the lines of this level.
fn is_enabled(level: Level) -> bool {
    match level {
        Level::ERROR => tracing::enabled!(target: "vestibule::access", Level::ERROR),
        Level::WARN => tracing::enabled!(target: "vestibule::access", Level::WARN),
        Level::INFO => tracing::enabled!(target: "vestibule::access", Level::INFO),
        Level::DEBUG => tracing::enabled!(target: "vestibule::access", Level::DEBUG),
        Level::TRACE => tracing::enabled!(target: "vestibule::access", Level::TRACE),
    }
}
