//! Whether a request is made again, and when. Pure.
//!
//! What is over in a moment is worth another try: too many requests, a server that is down, a line that
//! was cut. A refusal is not, least of all one of the credential: a wrong key that is tried again and
//! again gets its owner locked out.

use std::time::Duration;

use jiff::fmt::rfc2822;

use crate::kernel::clock::Timestamp;

/// So often a request is made at most.
const TRIES_MAX: u32 = 6;
/// Nobody waits longer than this for one request.
const WAIT_MAX: Duration = Duration::from_mins(2);
const BACK_OFF_MAX: Duration = Duration::from_secs(30);
/// What may be over in a moment; 598 is what BambooHR says of a server of its own that took too long.
const TRANSIENT: &[u16] = &[408, 425, 429, 500, 502, 503, 504, 598];

/// How a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// With an answer of this status, and what it says about when to come back.
    Status { status: u16, retry_after: Option<String>, reset: Option<String> },
    /// Without one, or with half of one.
    Cut,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Make it again, so much later.
    Again(Duration),
    /// It will not be another answer.
    GiveUp,
    /// It was tried often enough.
    Exhausted,
    /// The server wants to be left alone for longer than anybody waits.
    TooLong(Duration),
}

/// What to do about the failure of a try, the first of which is 1. `jitter` is between 0 and 1, so that two
/// who failed together do not come back together.
pub(super) fn decide(
    attempt: u32,
    failure: &Failure,
    now: Timestamp,
    first_wait: Duration,
    jitter: f64,
) -> Verdict {
    let mut asked = None;
    if let Failure::Status { status, retry_after, reset } = failure {
        if !TRANSIENT.contains(status) {
            return Verdict::GiveUp;
        }
        let after = retry_after.as_deref().and_then(|text| wait_of(text, now));
        let until = reset.as_deref().filter(|_| *status == 429).and_then(|at| wait_until(at, now));
        asked = after.or(until);
    }
    if attempt >= TRIES_MAX {
        return Verdict::Exhausted;
    }
    match asked {
        Some(wait) if wait > WAIT_MAX => Verdict::TooLong(wait),
        Some(wait) => Verdict::Again(wait),
        None => {
            let doubled = first_wait.saturating_mul(1_u32 << (attempt - 1).min(16));
            // Between half of it and all of it.
            let share = 0.5 + jitter.clamp(0.0, 1.0) / 2.0;
            Verdict::Again(doubled.min(BACK_OFF_MAX).mul_f64(share))
        }
    }
}

/// `Retry-After`: seconds, or the date of HTTP.
fn wait_of(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(until(at, now))
}

/// The second, counted from 1970, from which on requests are taken again.
fn wait_until(text: &str, now: Timestamp) -> Option<Duration> {
    let at = jiff::Timestamp::from_second(text.trim().parse().ok()?).ok()?;
    Some(until(at, now))
}

fn until(at: jiff::Timestamp, now: Timestamp) -> Duration {
    let wait = at.duration_since(now.inner());
    Duration::try_from(wait).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(500);

    fn now() -> Timestamp {
        Timestamp::parse("2026-03-30T08:00:00Z").unwrap()
    }

    fn status(status: u16, retry_after: Option<&str>) -> Failure {
        Failure::Status { status, retry_after: retry_after.map(str::to_owned), reset: None }
    }

    fn verdict(attempt: u32, failure: &Failure) -> Verdict {
        decide(attempt, failure, now(), FIRST, 1.0)
    }

    #[test]
    fn what_may_be_over_in_a_moment_is_tried_again_later_each_time() {
        for code in TRANSIENT {
            assert_eq!(verdict(1, &status(*code, None)), Verdict::Again(FIRST));
        }
        assert_eq!(verdict(1, &Failure::Cut), Verdict::Again(FIRST));
        assert_eq!(verdict(3, &Failure::Cut), Verdict::Again(FIRST * 4));
        assert_eq!(verdict(6, &Failure::Cut), Verdict::Exhausted);
        let long = decide(5, &Failure::Cut, now(), Duration::from_secs(20), 1.0);
        assert_eq!(long, Verdict::Again(BACK_OFF_MAX), "capped");
        let low = decide(1, &Failure::Cut, now(), FIRST, 0.0);
        assert_eq!(low, Verdict::Again(FIRST / 2), "jitter takes half at most");
    }

    #[test]
    fn a_refusal_is_final() {
        for code in [400, 401, 403, 404, 410, 422, 501] {
            assert_eq!(verdict(1, &status(code, Some("1"))), Verdict::GiveUp, "{code}");
        }
    }

    #[test]
    fn the_server_says_when() {
        let wait = |text| verdict(1, &status(429, Some(text)));
        assert_eq!(wait("7"), Verdict::Again(Duration::from_secs(7)));
        assert_eq!(wait("Mon, 30 Mar 2026 08:00:09 GMT"), Verdict::Again(Duration::from_secs(9)));
        assert_eq!(wait("Mon, 30 Mar 2026 07:00:00 GMT"), Verdict::Again(Duration::ZERO));
        assert_eq!(wait("3600"), Verdict::TooLong(Duration::from_hours(1)));
        assert_eq!(wait("soon"), Verdict::Again(FIRST), "what nobody understands is not there");
        let reset = |status| Failure::Status {
            status,
            retry_after: None,
            reset: Some((now().inner().as_second() + 11).to_string()),
        };
        assert_eq!(verdict(1, &reset(429)), Verdict::Again(Duration::from_secs(11)));
        assert_eq!(verdict(1, &reset(503)), Verdict::Again(FIRST), "it speaks of quotas alone");
    }
}
