//! What an assignment is on a day: the statement of the lists says what the engine says, of whatever
//! happened to people and on any day.

use std::collections::{BTreeMap, BTreeSet};

use lms_core::engine::{Kind, Status, plus_days};
use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, Day, Engine, Extend, NewAssignments, NewCompletions, NewExemptions,
    NewExtension, TrainingField, Unassigning,
};

use super::{company, day, due, noon, training};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;

on_both_engines! {
    the_statement_says_what_the_engine_says,
}

const PEOPLE: [&str; 4] = ["ada", "bo", "cy", "di"];
const TRAININGS: [&str; 3] = ["A", "B", "SEATS"];

fn somebody(dice: &mut Dice) -> Audience {
    let name = PEOPLE[dice.below(PEOPLE.len())];
    let person = format!("{name}@example.com");
    Audience::everybody().with(AudienceField::Person, &person)
}

/// Something happens to somebody.
pub(super) async fn live(lms: &TestLms, dice: &mut Dice, today: Day) {
    let (assignments, people, admin) = (lms.assignments(), lms.people(), lms.admin());
    let code = TRAININGS[dice.below(TRAININGS.len())];
    let who = somebody(dice);
    let days = |dice: &mut Dice, from: i32, to: i32| plus_days(today, dice.between(from, to));
    match dice.below(10) {
        0..=3 => {
            let kinds = [Kind::Mandatory, Kind::Recommended, Kind::Optional];
            let mut new = NewAssignments::to(who)
                .training(code)
                .kind(kinds[dice.below(3)])
                .grace_days(dice.between(0, 8).unsigned_abs())
                .again(dice.below(10) < 3);
            if dice.below(10) < 7 {
                new = new.due(due(&days(dice, 0, 40).to_string(), &today.to_string()));
            }
            let plan = assignments.plan_assign(&admin, new).await.unwrap();
            assignments.assign(&admin, plan).await.unwrap();
        }
        4 => {
            let mut new = NewCompletions::of(code, who).on(days(dice, -20, 1));
            if dice.below(10) < 4 {
                new = new.valid_until(days(dice, 0, 40));
            }
            let plan = assignments.plan_complete(&admin, new).await.unwrap();
            assignments.complete(&admin, plan).await.unwrap();
        }
        5 => {
            let mut new = NewExemptions::from_training(code, who, "elsewhere");
            if dice.below(10) < 8 {
                new = new.until(days(dice, 0, 20));
            }
            let plan = assignments.plan_exempt(&admin, new).await.unwrap();
            assignments.exempt(&admin, plan).await.unwrap();
        }
        6 => {
            let new = NewExtension::of(code, who, Extend::By(dice.between(1, 20).unsigned_abs()));
            let plan = assignments.plan_extend(&admin, new).await.unwrap();
            assignments.extend(&admin, plan).await.unwrap();
        }
        7 => {
            let back = Unassigning::of([code], who).even_started(true);
            let plan = assignments.plan_unassign(&admin, back).await.unwrap();
            assignments.unassign(&admin, plan).await.unwrap();
        }
        _ => {
            let person = format!("{}@example.com", PEOPLE[dice.below(PEOPLE.len())]);
            let from = days(dice, -10, 10);
            let until = (dice.below(10) < 7).then(|| plus_days(from, dice.between(0, 15)));
            // Leaves that overlap are refused.
            let _ = people.add_leave(&admin, &person, from, until, None).await;
        }
    }
}

async fn the_statement_says_what_the_engine_says(engine: Engine) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for seed in 0..10 {
        let mut dice = Dice::new(seed);
        let lms = company(engine).await;
        training(&lms, "A", &[]).await;
        training(&lms, "B", &[(TrainingField::ValidityMonths, "1")]).await;
        training(&lms, "SEATS", &[(TrainingField::SeatLimit, "1")]).await;
        let mut today = day("2026-03-31");
        for _ in 0..35 {
            today = plus_days(today, dice.between(0, 4));
            noon(&lms, &today.to_string());
            live(&lms, &mut dice, today).await;
        }
        for offset in (-60..120).step_by(3) {
            let on = plus_days(today, offset);
            let told: BTreeMap<_, _> = lms.statuses_both_ways(on).await.unwrap();
            assert!(!told.is_empty());
            for (id, (in_sql, in_memory)) in told {
                assert_eq!(in_sql, in_memory, "{id} on {on}, seed {seed}");
                seen.insert(in_sql);
            }
        }
    }
    let all: BTreeSet<String> = Status::ALL.iter().map(|one| one.as_str().to_owned()).collect();
    let missed: Vec<_> = all.difference(&seen).collect();
    // Nobody begins anything here.
    assert_eq!(missed, ["in_progress"]);
}
