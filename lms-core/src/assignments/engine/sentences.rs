//! An explanation in plain sentences, in the order in which somebody would tell it.

use super::credit::{Coverage, Ends};
use super::days::plus_days;
use super::due::{Due, ParkedBecause};
use super::explain::{
    DemandExplained, DueStep, Explanation, Hindrance, NotCounted, ObligationExplained, PausedBy,
};
use super::facts::Completion;
use super::leave::{Pause, overdue_on as past_grace};
use super::reasons::{Reason, Source};
use super::renewal::Method;
use super::status::Status;
use crate::kernel::text::Day;

/// What things are called.
pub trait Names {
    /// A training, as `GDPR-101`.
    fn training(&self, training: u32) -> String;
    /// A rule or an order, as ``rule `DATA` ``.
    fn source(&self, source: Source) -> String;
}

/// Tells an explanation, a sentence each, without full stops.
#[must_use]
pub fn sentences(explanation: &Explanation, names: &dyn Names) -> Vec<String> {
    let mut told = Vec::new();
    let training = names.training(explanation.training);
    match &explanation.obligation {
        None => told.push(format!("`{training}` is not assigned")),
        Some(one) => {
            let (cycle, kind) = (one.obligation.cycle, one.obligation.kind.as_str());
            told.push(format!(
                "As of {}, `{training}` is {}, in cycle {cycle}, {kind}",
                explanation.day,
                standing(one)
            ));
            let mut due_on = None;
            for step in &one.due {
                told.push(due_step(step, due_on, names));
                due_on = if let DueStep::Due(day) = step { Some(*day) } else { due_on };
            }
        }
    }
    if explanation.demands.is_empty() {
        told.push("No rule names it".to_owned());
    }
    for demand in &explanation.demands {
        told.push(demand_told(demand, alone(explanation, demand.source), names));
        for (completion, why) in &demand.not_counted {
            told.push(not_counted(completion, *why, names));
        }
    }
    told
}

/// What a cycle is on the day, with the days that the word alone does not tell.
fn standing(one: &ObligationExplained) -> String {
    let days = &one.obligation.days;
    let Some(status) = one.status else { return "not assigned yet".to_owned() };
    let word = status.as_str().replace('_', " ");
    let Some(closed_on) = days.closed_on else { return word };
    match (status, was_done_before(one)) {
        (Status::Completed | Status::CompletedLate, Some(done_on)) => {
            format!("{word}, done on {done_on}, before it was wanted")
        }
        (Status::Completed | Status::CompletedLate, None) => format!("{word}, done on {closed_on}"),
        (Status::Expired, before) => {
            let done = format!("{word}, done on {}", before.unwrap_or(closed_on));
            match days.expires_on {
                Some(expires_on) => format!("{done} and covering until {expires_on}"),
                None => done,
            }
        }
        (Status::Cancelled, _) => format!("{word} since {closed_on}"),
        _ => word,
    }
}

/// When it was done, where a cycle stands for what was done before it was wanted.
fn was_done_before(one: &ObligationExplained) -> Option<Day> {
    let wanted_on = one.obligation.days.assigned_on;
    let before = |reason: &Reason| reason.settled_on.is_some_and(|on| on < wanted_on);
    let is_so = one.obligation.is_credit() && one.reasons.iter().all(before);
    one.reasons.iter().filter_map(|reason| reason.settled_on).max().filter(|_| is_so)
}

/// The due day that a reason has by itself, where it is merged with the one that decides.
fn alone(explanation: &Explanation, source: Source) -> Option<Day> {
    let one = explanation.obligation.as_ref().filter(|one| one.obligation.is_open())?;
    let decides = one.due.contains(&DueStep::Decides(source));
    let own = one.reasons.iter().find(|reason| reason.source == source && reason.is_owed())?;
    own.due_on.filter(|_| !decides)
}

fn demand_told(demand: &DemandExplained, alone: Option<Day>, names: &dyn Names) -> String {
    let name = capitalised(&names.source(demand.source));
    let Some(hindrance) = demand.hindrance else {
        let since = demand.member_since.map(|since| format!(": in its audience since {since}"));
        let alone = alone.map(|due_on| format!(", by itself due on {due_on}"));
        return format!(
            "{name} wants it{}{}",
            since.unwrap_or_default(),
            alone.unwrap_or_default()
        );
    };
    let why = match hindrance {
        Hindrance::NotYet(day) => format!("it begins on {day}"),
        Hindrance::Ended(day) => format!("it has ended: it no longer holds from {day} on"),
        Hindrance::Paused => "it is paused".to_owned(),
        Hindrance::NotInAudience => "not in its audience".to_owned(),
        Hindrance::JoinsOn(day) => format!("in its audience only from {day} on"),
        Hindrance::LeftAudience(day) => format!("no longer in its audience since {day}"),
        Hindrance::Gone(day) => format!("not employed since {day}"),
        Hindrance::Exempt { until: Some(day) } => format!("exempt; again from {day} on"),
        Hindrance::Exempt { until: None } => "exempt".to_owned(),
        Hindrance::Covered(coverage) => covered(&coverage, names),
        Hindrance::TrainingClosed => "the training is not published".to_owned(),
        Hindrance::Parked(ParkedBecause::PastDue(day)) => {
            format!("parked: it would have been due on {day}")
        }
        Hindrance::Parked(ParkedBecause::HireUnknown) => {
            "parked: nobody knows the hire day that it is counted from".to_owned()
        }
    };
    format!("{name} does not ask for it: {why}")
}

fn covered(coverage: &Coverage, names: &dyn Names) -> String {
    let completion = &coverage.completion;
    let done = format!(
        "`{}` was done on {}",
        names.training(completion.training),
        completion.completed_on
    );
    match (coverage.expires_on, coverage.ends) {
        (Some(expires_on), Ends::Retraining) => {
            format!("{done} and covers until {expires_on}, when the new version must be done")
        }
        (Some(expires_on), _) => format!("{done} and covers until {expires_on}"),
        (None, _) => format!("{done} and covers for good"),
    }
}

fn not_counted(completion: &Completion, why: NotCounted, names: &dyn Names) -> String {
    let name = names.training(completion.training);
    let why = match why {
        NotCounted::BeforeCredit(day) => format!("only what was done since {day} counts"),
        NotCounted::TooOld(day) => format!("it is too old: what was done since {day} counts"),
        NotCounted::EquivalentAtOtherTimes => "it counts in its place at other times".to_owned(),
        NotCounted::RanOut(day) => format!("it covered until {day}"),
    };
    format!("`{name}`, done on {}, does not count for it: {why}", completion.completed_on)
}

/// A step in words; `came_out` is the due day, where it came out before.
fn due_step(step: &DueStep, came_out: Option<Day>, names: &dyn Names) -> String {
    match step {
        DueStep::Decides(source) => {
            format!("{} has the earliest due day", capitalised(&names.source(*source)))
        }
        DueStep::Counted { due, from, due_on } => format!("{} is {due_on}", counted(*due, *from)),
        DueStep::Renews(day) => format!("What was done before covers until {day}: it is due then"),
        DueStep::Renewed { completed_on, method, from, months, due_on } => {
            let how = match method {
                Method::Completion => "counted from the completion",
                Method::Expiry => "counted from the expiry before",
                Method::Fixed { .. } => "counted on fixed days",
            };
            format!(
                "It was done on {completed_on}; {how}, {months} months after {from} is {due_on}, \
                 the last day that it covers"
            )
        }
        DueStep::Set(day) => format!("It was given with {day}"),
        DueStep::WasPast { on, days, due_on } => format!(
            "That was past on {on}, when it was assigned: {days} days from then is {due_on}"
        ),
        DueStep::BeganWith(day) => format!("It began with {day}"),
        DueStep::Extended { granted_on, due_on } => {
            format!("It was extended to {due_on} on {granted_on}")
        }
        DueStep::Paused { pause, by, due_on } => paused(*pause, *by, *due_on),
        DueStep::Due(day) => format!("So it is due on {day}"),
        DueStep::Overdue { grace_days, overdue_on } => {
            let follows = came_out.map(|due_on| past_grace(due_on, *grace_days));
            match grace_days {
                0 => format!("It is overdue from {overdue_on} on"),
                // Another reason may allow less.
                _ if follows != Some(*overdue_on) => format!("It is overdue from {overdue_on} on"),
                days => format!("With {days} days of grace it is overdue from {overdue_on} on"),
            }
        }
    }
}

fn paused(pause: Pause, by: PausedBy, due_on: Day) -> String {
    let from = pause.from;
    let Some(back_on) = pause.back_on else {
        return format!("The clock stands still since {from}");
    };
    match by {
        PausedBy::Leave => {
            format!("The clock stood still from {from} until the return on {back_on}: {due_on}")
        }
        PausedBy::Exemption => {
            let last = plus_days(back_on, -1);
            format!("The clock stands still by an exemption from {from} until {last}: {due_on}")
        }
        PausedBy::Waiting => {
            format!(
                "The clock stood still from {from} until there was a seat on {back_on}: {due_on}"
            )
        }
    }
}

fn counted(due: Due, from: Day) -> String {
    match due {
        Due::AfterAssignment(days) => format!("{days} days after the assignment on {from}"),
        Due::AfterHire(days) => format!("{days} days after the hire on {from}"),
        Due::AfterJoining(days) => format!("{days} days after joining the audience on {from}"),
        Due::AfterCompleting { days, .. } => {
            format!("{days} days after the other training was done on {from}")
        }
        Due::On(_) => "The day that was set".to_owned(),
        Due::Next { month, day } => format!("The next {month:02}-{day:02} from {from} on"),
        Due::Never => "No due day".to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::explain::explain;
    use super::super::reasons::SourceKind;
    use super::super::testing::Story;
    use super::*;

    struct Plain;

    impl Names for Plain {
        fn training(&self, training: u32) -> String {
            format!("T-{training}")
        }

        fn source(&self, source: Source) -> String {
            let word = if source.kind == SourceKind::Rule { "rule" } else { "order" };
            format!("{word} `{}`", source.number)
        }
    }

    fn told(story: &str) -> Vec<String> {
        let story = Story::read(story);
        let facts = story.told().facts;
        let person = facts.person(0);
        sentences(&explain(&story.book(), &person, 0, person.today), &Plain)
    }

    #[test]
    fn why_is_told_step_by_step() {
        assert_eq!(
            told(
                "rule 1 mandatory due hire+60; rule 2 recommended due 2026-12-31; hired 2026-01-31..; \
                 in 1 2026-02-10..; in 2 2026-02-10..; leave 2026-03-22..2026-04-10; since 2026-02-20; \
                 today 2026-04-12"
            ),
            [
                "As of 2026-04-12, `T-0` is assigned, in cycle 1, mandatory",
                "Rule `1` has the earliest due day",
                "60 days after the hire on 2026-01-31 is 2026-04-01",
                "The clock stood still from 2026-03-22 until the return on 2026-04-10: 2026-04-24",
                "So it is due on 2026-04-24",
                "It is overdue from 2026-04-25 on",
                "Rule `1` wants it: in its audience since 2026-02-10",
                "Rule `2` wants it: in its audience since 2026-02-10, by itself due on 2026-12-31",
            ]
        );
        assert_eq!(
            told(
                "rule 1 mandatory due hire+14; hired 2020-01-01..; in 1 2020-01-01..; since 2026-02-20; \
                 extended 2026-02-25 to 2026-05-01; today 2026-03-01"
            )[1..],
            [
                "Rule `1` has the earliest due day",
                "14 days after the hire on 2020-01-01 is 2020-01-15",
                "That was past on 2026-02-20, when it was assigned: 14 days from then is 2026-03-06",
                "It was extended to 2026-05-01 on 2026-02-25",
                "So it is due on 2026-05-01",
                "It is overdue from 2026-05-02 on",
                "Rule `1` wants it: in its audience since 2020-01-01",
            ]
        );
    }

    #[test]
    fn a_renewal_is_told_with_what_it_is_counted_from() {
        let told = told(
            "rule 1 mandatory grace 7 due assigned+30 renew completion 12 window 60d; hired 2020-01-01..; \
             in 1 2020-01-01..; done 2025-05-05; since 2025-06-01; today 2026-03-20",
        );
        assert_eq!(
            told[..5],
            [
                "As of 2026-03-20, `T-0` is assigned, in cycle 2, mandatory",
                "Rule `1` has the earliest due day",
                "It was done on 2025-05-05; counted from the completion, 12 months after 2025-05-05 is \
                 2026-05-05, the last day that it covers",
                "So it is due on 2026-05-05",
                "With 7 days of grace it is overdue from 2026-05-13 on",
            ]
        );
    }

    #[test]
    fn an_exemption_is_no_leave() {
        let told = told(
            "rule 1 mandatory due hire+60; hired 2026-01-31..; in 1 2026-02-10..; since 2026-02-20; \
             exempt 2026-03-22..2026-04-10; today 2026-04-12",
        );
        assert_eq!(
            told[3],
            "The clock stands still by an exemption from 2026-03-22 until 2026-04-09: 2026-04-24"
        );
    }

    #[test]
    fn a_paused_rule_does_not_ask_for_what_it_gave() {
        let person = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-03-01; today 2026-03-01";
        let facts = Story::read(&format!("rule 1 mandatory; {person}")).told().facts;
        let paused = Story::read(&format!("rule 1 mandatory paused; {person}")).book();
        let person = facts.person(0);
        let told = sentences(&explain(&paused, &person, 0, person.today), &Plain);
        assert_eq!(
            told,
            [
                "As of 2026-03-01, `T-0` is assigned, in cycle 1, mandatory",
                "Rule `1` does not ask for it: it is paused"
            ]
        );
    }

    #[test]
    fn why_not_names_the_first_condition_that_fails() {
        let common = "hired 2026-01-01..; since 2026-03-01; today 2026-03-01";
        for (story, expected) in [
            ("rule 1 mandatory from 2026-04-01; in 1 2026-01-01..", "it begins on 2026-04-01"),
            (
                "rule 1 mandatory ends 2026-02-01; in 1 2026-01-01..",
                "it has ended: it no longer holds from 2026-02-01 on",
            ),
            ("rule 1 mandatory paused; in 1 2026-01-01..", "it is paused"),
            ("rule 1 mandatory", "not in its audience"),
            ("rule 1 mandatory; in 1 2026-03-02..", "in its audience only from 2026-03-02 on"),
            (
                "rule 1 mandatory; in 1 2026-01-01..2026-02-10",
                "no longer in its audience since 2026-02-10",
            ),
            ("rule 1 mandatory; in 1 2026-01-01..; exempt 2026-02-01..", "exempt"),
            (
                "rule 1 mandatory; in 1 2026-01-01..; exempt 2026-02-01..2026-05-01",
                "exempt; again from 2026-05-01 on",
            ),
            ("rule 1 mandatory; in 1 2026-01-01..; closed", "the training is not published"),
            (
                "rule 1 mandatory due hire+14 past park; in 1 2026-01-01..",
                "parked: it would have been due on 2026-01-15",
            ),
        ] {
            let told = told(&format!("{common}; {story}"));
            let expected = format!("Rule `1` does not ask for it: {expected}");
            assert_eq!(told[..2], ["`T-0` is not assigned".to_owned(), expected], "{story}");
        }
        let gone = told(
            "rule 1 mandatory; in 1 2026-01-01..; hired 2026-01-01..2026-02-01; since 2026-03-01; today 2026-03-01",
        );
        assert_eq!(gone[1], "Rule `1` does not ask for it: not employed since 2026-02-01");
        assert_eq!(told(common)[1], "No rule names it");
    }

    #[test]
    fn what_was_done_before_is_told() {
        let common = "hired 2026-01-01..; since 2026-03-01; today 2026-03-01";
        for (story, expected) in [
            (
                "rule 1 mandatory; in 1 2026-01-01..; done 2025-05-05",
                "`T-0` was done on 2025-05-05 and covers for good",
            ),
            (
                "rule 1 mandatory renew completion 12; in 1 2026-01-01..; done 2025-05-05",
                "`T-0` was done on 2025-05-05 and covers until 2026-05-05",
            ),
        ] {
            let told = told(&format!("{common}; {story}"));
            let done = "As of 2026-03-01, `T-0` is completed, done on 2025-05-05, before it was wanted, \
                        in cycle 1, mandatory";
            let expected = format!("Rule `1` does not ask for it: {expected}");
            assert_eq!(told[..2], [done.to_owned(), expected], "{story}");
        }
    }

    #[test]
    fn near_misses_are_named() {
        let common = "hired 2026-01-01..; in 1 2026-01-01..; since 2026-03-01; today 2026-03-01; \
                      equivalent 1 2020-01-01..2021-01-01";
        for (story, expected) in [
            (
                "rule 1 mandatory credit_since 2025-06-01; done 2025-05-31",
                "`T-0`, done on 2025-05-31, does not count for it: only what was done since 2025-06-01 counts",
            ),
            (
                "rule 1 mandatory credit_months 6; done 2025-06-30",
                "`T-0`, done on 2025-06-30, does not count for it: it is too old: what was done since 2025-07-01 counts",
            ),
            (
                "rule 1 mandatory renew completion 12; done 2024-06-30",
                "`T-0`, done on 2024-06-30, does not count for it: it covered until 2025-06-30",
            ),
            (
                "rule 1 mandatory; done 2024-06-30 of 1",
                "`T-1`, done on 2024-06-30, does not count for it: it counts in its place at other times",
            ),
        ] {
            let told = told(&format!("{common}; {story}"));
            assert_eq!(told.last().map(String::as_str), Some(expected), "{story}");
        }
    }
}
