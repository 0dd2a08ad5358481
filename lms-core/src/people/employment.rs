//! From employments and leaves to a status for every day. Pure.

use super::timeline::{Period, clip, joined};
use super::types::{Employment, Leave, PersonStatus, Placement};
use crate::kernel::text::Day;

/// The status on each day from the first that anything is known of, with the hire day that it
/// belongs to. `known_from` is the day on which the person was recorded: one who is hired for later
/// is there as `pre_hire` from then on.
pub(crate) fn statuses(
    employments: &[Employment],
    leaves: &[Leave],
    known_from: Day,
) -> Vec<Period<(PersonStatus, Option<Day>)>> {
    let mut periods = Vec::new();
    for (at, employment) in employments.iter().enumerate() {
        let hired_on = employment.hired_on;
        if at == 0 && known_from < hired_on {
            let fields = (PersonStatus::PreHire, Some(hired_on));
            periods.push(Period { from: known_from, until: Some(hired_on), fields });
        }
        let gone_from = employment.terminated_on.map(Day::next);
        let employed = Period {
            from: hired_on,
            until: gone_from,
            fields: (PersonStatus::Active, Some(hired_on)),
        };
        periods.extend(with_leaves(&employed, leaves));
        if let Some(gone_from) = gone_from {
            let back_on = employments.get(at + 1).map(|next| next.hired_on);
            let fields = (PersonStatus::Inactive, Some(hired_on));
            let gone = Period { from: gone_from, until: back_on, fields };
            periods.extend(clip(&gone, gone_from, back_on));
        }
    }
    joined(periods)
}

fn with_leaves(
    employed: &Period<(PersonStatus, Option<Day>)>,
    leaves: &[Leave],
) -> Vec<Period<(PersonStatus, Option<Day>)>> {
    let mut parts = vec![employed.clone()];
    for leave in leaves {
        let back_on = leave.until_on.map(Day::next);
        parts = parts
            .iter()
            .flat_map(|part| {
                let before = clip(part, Day::MIN, Some(leave.from_on));
                let mut during = clip(part, leave.from_on, back_on);
                if let Some(during) = &mut during {
                    during.fields.0 = PersonStatus::OnLeave;
                }
                let after = back_on.and_then(|day| clip(part, day, None));
                [before, during, after].into_iter().flatten()
            })
            .collect();
    }
    parts
}

/// Lays the statuses under the placements: where a status begins before the first placement, the
/// first placement reaches back to it.
pub(crate) fn placed(
    placements: &[Period<Placement>],
    statuses: &[Period<(PersonStatus, Option<Day>)>],
) -> Vec<Period<Placement>> {
    let mut periods = Vec::new();
    for status in statuses {
        for (at, placement) in placements.iter().enumerate() {
            let from = if at == 0 { Day::MIN } else { placement.from };
            let reaching =
                Period { from, until: placement.until, fields: placement.fields.clone() };
            if let Some(mut part) = clip(&reaching, status.from, status.until) {
                (part.fields.status, part.fields.hired_on) = status.fields;
                periods.push(part);
            }
        }
    }
    joined(periods)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn told(periods: &[Period<(PersonStatus, Option<Day>)>]) -> Vec<String> {
        periods
            .iter()
            .map(|period| {
                let until = period.until.map_or("…".to_owned(), |day| day.to_string());
                format!("{} to {until}: {}", period.from, period.fields.0.as_str())
            })
            .collect()
    }

    #[test]
    fn a_working_life() {
        let employments = [
            Employment {
                hired_on: day("2025-02-01"),
                terminated_on: Some(day("2025-12-31")),
                reason: None,
            },
            Employment { hired_on: day("2026-03-01"), terminated_on: None, reason: None },
        ];
        let leaves = [
            Leave { from_on: day("2025-06-01"), until_on: Some(day("2025-06-30")), reason: None },
            Leave { from_on: day("2026-05-01"), until_on: None, reason: None },
        ];
        assert_eq!(
            told(&statuses(&employments, &leaves, day("2025-01-10"))),
            [
                "2025-01-10 to 2025-02-01: pre_hire",
                "2025-02-01 to 2025-06-01: active",
                "2025-06-01 to 2025-07-01: on_leave",
                "2025-07-01 to 2026-01-01: active",
                "2026-01-01 to 2026-03-01: inactive",
                "2026-03-01 to 2026-05-01: active",
                "2026-05-01 to …: on_leave",
            ]
        );
    }

    #[test]
    fn leaves_outside_of_employment_and_overlapping_leaves_do_no_harm() {
        let employments = [Employment {
            hired_on: day("2025-02-01"),
            terminated_on: Some(day("2025-04-30")),
            reason: None,
        }];
        let leaves = [
            Leave { from_on: day("2025-01-01"), until_on: Some(day("2025-02-10")), reason: None },
            Leave { from_on: day("2025-02-05"), until_on: Some(day("2025-02-20")), reason: None },
            Leave { from_on: day("2025-05-05"), until_on: None, reason: None },
        ];
        assert_eq!(
            told(&statuses(&employments, &leaves, day("2025-02-01"))),
            [
                "2025-02-01 to 2025-02-21: on_leave",
                "2025-02-21 to 2025-05-01: active",
                "2025-05-01 to …: inactive",
            ]
        );
    }
}
