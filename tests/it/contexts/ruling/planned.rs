//! What the plan of a change of rules tells: everybody is counted, and what is said of days is so.

use lms_core::{Engine, NewPerson, OpenCycles, PersonField, RuleChange, RulePlan, RuleReminders};

use super::super::assignments::{company, day, department, noon, training};
use super::{applied, apply, plan, rule, told};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_due_day_that_is_kept_is_not_shown_as_lost,
    a_roll_out_counts_those_whose_turn_comes_later,
    a_pause_counts_whom_it_gives_nothing,
    everything_that_nobody_knows_is_named_at_once,
}

/// The sum of what everybody comes to, by which the plan has to account for the audience.
fn counted(plan: &RulePlan) -> u64 {
    let counts = plan.rules[0].trainings.iter().map(|one| one.counts.values().sum::<u64>());
    counts.sum()
}

async fn a_due_day_that_is_kept_is_not_shown_as_lost(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let mut asks = rule("R", &["A"], department("ENG"));
    asks.grace_days = Some(0);
    apply(&lms, applied(asks.clone())).await;
    noon(&lms, "2026-04-10");
    // They have been there for years: what is counted from then is past, and the due day stays.
    let mut from_joining = asks.clone();
    from_joining.due = lms_core::DueRule::AfterJoining(14);
    from_joining.open_cycles = OpenCycles::Move;
    let quiet = plan(&lms, applied(from_joining)).await;
    assert_eq!(told(&quiet), [""; 0], "only the number of the version is another");
    assert!(quiet.changes_anything(), "the version is");
    let mut gracious = asks.clone();
    gracious.grace_days = Some(7);
    gracious.open_cycles = OpenCycles::Move;
    let moved = plan(&lms, applied(gracious)).await;
    assert_eq!(
        told(&moved)[0],
        "Ada A moved 2026-04-30: the rule says otherwise now: overdue from 2026-05-08 on instead of \
         2026-05-01"
    );
    let first = &moved.effects[0];
    assert_eq!(
        (first.overdue_on_before, first.overdue_on),
        (Some(day("2026-05-01")), Some(day("2026-05-08")))
    );
    let mut running = asks;
    running.leave = lms_core::LeavePolicy::Run;
    running.open_cycles = OpenCycles::Move;
    running.reminders = Some(RuleReminders { days: vec![-3], then_every_days: None });
    let changed = plan(&lms, applied(running)).await;
    for effect in &changed.effects {
        assert_eq!(effect.due_on, Some(day("2026-04-30")), "{effect:?}");
    }
}

async fn a_roll_out_counts_those_whose_turn_comes_later(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let person = |number: u32| {
        NewPerson::new("New", &format!("Person{number}"))
            .set(PersonField::Email, &format!("new{number}@example.com"))
            .set(PersonField::Department, "SALES")
            .hired_on(day("2025-01-01"))
    };
    lms.people().add(&lms.admin(), (0..40).map(person).collect()).await.unwrap();
    let mut slow = rule("R", &["A"], department("SALES"));
    slow.stagger_weeks = Some(4);
    let planned = plan(&lms, applied(slow)).await;
    let one = &planned.rules[0].trainings[0];
    assert_eq!((planned.rules[0].n_people, counted(&planned)), (42, 42), "{one:?}");
    let turns: Vec<String> = one.later.iter().map(|turn| turn.on.to_string()).collect();
    assert_eq!(turns, ["2026-04-07", "2026-04-14", "2026-04-21"]);
    assert_eq!(one.counts["later"], one.later.iter().map(|turn| turn.n_people).sum::<u64>());
    assert_eq!(one.counts["assigned"] + one.counts["later"], 42);
}

async fn a_pause_counts_whom_it_gives_nothing(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(rule("R", &["A"], department("ENG")))).await;
    apply(&lms, RuleChange::Pause("R".to_owned())).await;
    let new = NewPerson::new("Eve", "Example")
        .set(PersonField::Email, "eve@example.com")
        .set(PersonField::Department, "ENG")
        .hired_on(day("2026-03-31"));
    lms.people().add(&lms.admin(), vec![new]).await.unwrap();
    let planned = plan(&lms, RuleChange::Pause("R".to_owned())).await;
    let one = &planned.rules[0].trainings[0];
    assert_eq!((one.counts["already_assigned"], one.counts["paused"]), (2, 1), "{one:?}");
    assert_eq!(counted(&planned), 3);
}

async fn everything_that_nobody_knows_is_named_at_once(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let audience = department("ENGE").without(lms_core::AudienceField::Location, "NOWHERE");
    let wrong = rule("R", &["AA"], audience);
    let refused = lms.rules().plan(&lms.admin(), vec![applied(wrong.clone())]).await.unwrap_err();
    assert_eq!(refused.code(), "rules.definition_invalid");
    let all = format!("{refused:?}");
    for place in ["trainings[0]", "audience.department", "audience.not_location"] {
        assert!(all.contains(place), "{place}: {all}");
    }
    let checked = lms.rules().check(&lms.admin(), Some(vec![wrong])).await.unwrap();
    let places: Vec<&str> = checked.findings.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["audience.department", "audience.not_location", "trainings[0]"]);
}
