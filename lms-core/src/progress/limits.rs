//! Whether there may be another attempt: pure.

use std::time::Duration;

use super::{COOLING_DOWN, NO_ATTEMPT_LEFT, PASSED, UNGRADED};
use crate::kernel::clock::Timestamp;
use crate::kernel::error::Result;
use crate::quizzes::QuizDefinition;

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);

/// An attempt that was handed in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past {
    pub(super) submitted_at: Timestamp,
    pub(super) passed: Option<bool>,
}

/// The number of the next attempt at a quiz in one cycle, after these, or why there is none.
pub(super) fn next_number(
    code: &str,
    quiz: &QuizDefinition,
    past: &[Past],
    now: Timestamp,
) -> Result<i64> {
    if past.iter().any(|attempt| attempt.passed == Some(true)) {
        return Err(PASSED
            .error(format!("the quiz `{code}` is passed already"))
            .with_hint("there is nothing more to do in it"));
    }
    if past.iter().any(|attempt| attempt.passed.is_none()) {
        return Err(UNGRADED
            .error(format!("an attempt at `{code}` waits for somebody who grades it"))
            .with_hint("whether there is another one depends on how it turns out"));
    }
    let number = count(past) + 1;
    if let Some(max) = quiz.attempts_max.filter(|max| number > *max) {
        let made =
            if max == 1 { "the one attempt".to_owned() } else { format!("all {max} attempts") };
        return Err(NO_ATTEMPT_LEFT
            .error(format!("{made} at `{code}` were made, and none passed"))
            .with_hint(format!(
                "an author can allow more: `lmsctl quiz edit {code} --attempts N`"
            )));
    }
    let last = past.iter().map(|attempt| attempt.submitted_at).max();
    if let (Some(hours), Some(last)) = (quiz.cool_down_hours, last) {
        let next = last.plus(times(HOUR, hours));
        if now < next {
            return Err(COOLING_DOWN
                .error(format!("the next attempt at `{code}` may begin at {next}"))
                .with_hint("use the time to look at the training again"));
        }
    }
    Ok(number)
}

/// Until when an attempt can be answered.
pub(super) fn deadline(quiz: &QuizDefinition, begun_at: Timestamp) -> Option<Timestamp> {
    quiz.time_limit_minutes.map(|minutes| begun_at.plus(times(MINUTE, minutes)))
}

/// Whether what is right may be told to whoever took the quiz: there is no other attempt that it would
/// help with.
pub(super) fn may_know_key(quiz: &QuizDefinition, number: i64, passed: Option<bool>) -> bool {
    passed == Some(true)
        || passed == Some(false) && quiz.attempts_max.is_some_and(|max| number >= max)
}

fn count(past: &[Past]) -> i64 {
    i64::try_from(past.len()).unwrap_or(i64::MAX)
}

fn times(unit: Duration, count: i64) -> Duration {
    unit.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiz(attempts_max: Option<i64>, cool_down_hours: Option<i64>) -> QuizDefinition {
        QuizDefinition {
            title: "Fire".to_owned(),
            description: None,
            passing_percent: 80,
            time_limit_minutes: Some(30),
            attempts_max,
            cool_down_hours,
            shuffle: false,
            sections: Vec::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn past(passed: Option<bool>) -> Past {
        Past { submitted_at: at("2026-03-31T12:00:00Z"), passed }
    }

    fn next(
        quiz: &QuizDefinition,
        past: &[Past],
        now: &str,
    ) -> std::result::Result<i64, &'static str> {
        next_number("FIRE", quiz, past, at(now)).map_err(|error| error.code())
    }

    #[test]
    fn there_are_as_many_attempts_as_the_quiz_allows() {
        let now = "2026-03-31T12:00:00Z";
        assert_eq!(next(&quiz(Some(2), None), &[], now), Ok(1));
        assert_eq!(next(&quiz(Some(2), None), &[past(Some(false))], now), Ok(2));
        let both = [past(Some(false)), past(Some(false))];
        assert_eq!(next(&quiz(Some(2), None), &both, now), Err("progress.no_attempt_left"));
        assert_eq!(next(&quiz(None, None), &both, now), Ok(3));
    }

    #[test]
    fn who_passed_or_waits_does_not_try_again() {
        let now = "2026-03-31T12:00:00Z";
        let passed = [past(Some(false)), past(Some(true))];
        assert_eq!(next(&quiz(None, None), &passed, now), Err("progress.passed"));
        assert_eq!(next(&quiz(None, None), &[past(None)], now), Err("progress.ungraded"));
    }

    #[test]
    fn a_pause_ends_at_its_instant() {
        let (quiz, one) = (quiz(None, Some(24)), [past(Some(false))]);
        assert_eq!(next(&quiz, &one, "2026-04-01T11:59:59.999999Z"), Err("progress.cooling_down"));
        assert_eq!(next(&quiz, &one, "2026-04-01T12:00:00Z"), Ok(2));
        let end = deadline(&quiz, at("2026-03-31T12:00:00Z"));
        assert_eq!(end, Some(at("2026-03-31T12:30:00Z")));
    }

    #[test]
    fn what_is_right_is_told_when_it_helps_no_more() {
        assert!(may_know_key(&quiz(None, None), 1, Some(true)));
        assert!(!may_know_key(&quiz(None, None), 9, Some(false)));
        assert!(!may_know_key(&quiz(Some(3), None), 2, Some(false)));
        assert!(may_know_key(&quiz(Some(3), None), 3, Some(false)));
        assert!(!may_know_key(&quiz(Some(1), None), 1, None), "it is not decided yet");
    }
}
