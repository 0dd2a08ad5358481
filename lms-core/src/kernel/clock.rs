//! The clock as a port. One operation sees one `now`; nothing else asks the system for the time.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::text::Day;

/// An instant in UTC, in whole microseconds: what both databases keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// Takes an instant, dropping what is below a microsecond.
    #[must_use]
    pub fn new(instant: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant))
    }

    /// Reads RFC 3339, such as `2026-03-31T12:00:00Z`.
    pub fn parse(text: &str) -> Result<Self> {
        text.parse().map(Self::new).map_err(|cause: jiff::Error| {
            Error::invalid("timestamp", format!("`{text}` is not an instant"))
                .with_hint("write it like `2026-03-31T12:00:00Z`")
                .with_source(cause)
        })
    }

    /// The instant for calculations.
    #[must_use]
    pub fn inner(self) -> jiff::Timestamp {
        self.0
    }

    /// Before anything that anybody does here.
    pub(crate) const EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// The calendar day in a time zone.
    #[must_use]
    pub fn day_in(self, zone: &TimeZone) -> Day {
        Day::new(self.0.to_zoned(zone.clone()).date())
    }

    /// This much later; the end of time where there is no later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::new(self.0.saturating_add(duration).unwrap_or(jiff::Timestamp::MAX))
    }

    /// This much earlier; the beginning of time where there is no earlier.
    pub(crate) fn minus(self, duration: Duration) -> Self {
        Self::new(self.0.saturating_sub(duration).unwrap_or(jiff::Timestamp::MIN))
    }

    pub(crate) fn as_micros(self) -> i64 {
        self.0.as_microsecond()
    }

    pub(crate) fn from_micros(micros: i64) -> Result<Self> {
        jiff::Timestamp::from_microsecond(micros)
            .map(Self)
            .map_err(|cause| Error::inconsistent("an instant", cause))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the port that all others use")]
        let now = jiff::Timestamp::now();
        Timestamp::new(now)
    }
}

/// A clock that stands still until it is moved, for tests and simulations.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows this instant.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// A clock that shows this RFC 3339 instant.
    pub fn at(text: &str) -> Result<Self> {
        Timestamp::parse(text).map(Self::new)
    }

    /// Moves the clock to an instant, also backwards.
    pub fn set(&self, now: Timestamp) {
        *self.shown() = now;
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut shown = self.shown();
        *shown = shown.plus(by);
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, Timestamp> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.shown()
    }
}
