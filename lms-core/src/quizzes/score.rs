//! What a whole sheet earned, and whether that passes.

use serde::Serialize;

use super::decimal::Points;
use super::grade::{Grade, GradeState};

/// What a sheet earned.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    /// The sum of what the answers earned.
    pub points: Points,
    /// The sum of what they could earn.
    pub max: Points,
    /// What a person has yet to decide about.
    pub waiting: Points,
    /// Whole per cent, rounded down: nobody reads 80 who did not reach it.
    pub percent: i64,
    /// Whether that passes; nothing where it depends on what is waiting.
    pub passed: Option<bool>,
}

/// Adds grades up, in whatever order they come.
pub(crate) fn score<'g>(
    grades: impl IntoIterator<Item = &'g Grade>,
    passing_percent: i64,
) -> Score {
    let (mut points, mut max, mut waiting) = (Points::ZERO, Points::ZERO, Points::ZERO);
    for grade in grades {
        points = points + grade.points;
        max = max + grade.max;
        if grade.state == GradeState::Waiting {
            waiting = waiting + grade.max;
        }
    }
    // The points are compared, not the per cent that are shown.
    let reaches = |points: Points| points.hundredths() * 100 >= passing_percent * max.hundredths();
    let passed = match (reaches(points), reaches(points + waiting)) {
        (true, _) => Some(true),
        (_, false) => Some(false),
        _ => None,
    };
    let percent = (points.hundredths() * 100).checked_div(max.hundredths()).unwrap_or(0);
    Score { points, max, waiting, percent, passed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(points: &str, max: &str, state: GradeState) -> Grade {
        Grade { points: Points::parse(points).unwrap(), max: Points::parse(max).unwrap(), state }
    }

    #[test]
    fn passing_is_decided_by_points_and_not_by_rounded_per_cent() {
        let just_below = [graded("79.99", "100", GradeState::Partly)];
        let below = score(&just_below, 80);
        assert_eq!((below.percent, below.passed), (79, Some(false)));
        let reached = [graded("1", "1", GradeState::Right), graded("3", "4", GradeState::Partly)];
        let reached = score(&reached, 80);
        assert_eq!((reached.percent, reached.passed), (80, Some(true)));
        assert_eq!(score(&[], 0).passed, Some(true));
    }

    #[test]
    fn what_waits_leaves_open_only_what_depends_on_it() {
        let passed = |points: &str, passing| {
            let grades =
                [graded(points, "6", GradeState::Partly), graded("0", "4", GradeState::Waiting)];
            score(&grades, passing).passed
        };
        assert_eq!(passed("6", 60), Some(true));
        assert_eq!(passed("5", 60), None);
        assert_eq!(passed("1", 60), Some(false));
    }
}
