//! What holds for small companies that chance made: one run over many nights does what a run each night
//! does, and looking at everybody finds nothing that was missed.

use std::collections::BTreeMap;

use lms_core::engine::plus_days;
use lms_core::testkit::TestLms;
use lms_core::{Engine, NewAssignments, NewExemptions, PersonChange, PersonField, SweepOptions};

use super::super::{assign, company, day, done, due, person, training};
use super::{counted, happened, night, sweep, sweep_with};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;
use crate::support::raw::Raw;

on_both_engines! {
    one_run_over_many_nights_is_a_run_on_each_of_them,
    looking_at_everybody_finds_nothing_that_was_missed,
}

pub(super) const BEGINNING: &str = "2026-03-31";
pub(super) const PEOPLE: [&str; 4] = ["Ada", "Bo", "Cy", "Di"];
pub(super) const TRAININGS: [&str; 3] = ["A", "B", "C"];

pub(super) fn on(dice: &mut Dice, from: i32, to: i32) -> String {
    plus_days(day(BEGINNING), dice.between(from, to)).to_string()
}

/// People in zones, with things to do, exemptions and leaves; all of it known before the first night.
async fn lived(engine: Engine, seed: u64) -> TestLms {
    let lms = company(engine).await;
    let mut dice = Dice::new(seed);
    for code in TRAININGS {
        training(&lms, code, &[]).await;
    }
    for name in PEOPLE {
        let address = format!("{}@example.com", name.to_lowercase());
        let zone = dice.one(&["Pacific/Auckland", "Europe/Berlin", "Pacific/Honolulu"]);
        let change = PersonChange::new().set(PersonField::TimeZone, zone);
        lms.people().edit(&lms.admin(), &address, change).await.unwrap();
        for code in TRAININGS {
            if dice.below(4) > 0 {
                let by = on(&mut dice, 3, 60);
                let new = NewAssignments::to(person(name)).training(code);
                let new = new.grace_days(u32::try_from(dice.below(8)).unwrap());
                assign(&lms, new.due(due(&by, BEGINNING))).await;
            }
            if dice.below(5) == 0 {
                done(&lms, name, code, BEGINNING).await;
            }
            if dice.below(4) == 0 {
                let (from, until) = (on(&mut dice, 0, 40), on(&mut dice, 40, 70));
                let new = NewExemptions::from_training(code, person(name), "chance");
                let new = new.from(day(&from)).until(day(&until));
                let plan = lms.assignments().plan_exempt(&lms.admin(), new).await.unwrap();
                lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
            }
        }
        if dice.below(3) == 0 {
            let (from, until) = (on(&mut dice, 1, 30), on(&mut dice, 30, 60));
            let (people, until) = (lms.people(), Some(day(&until)));
            people.add_leave(&lms.admin(), &address, day(&from), until, None).await.unwrap();
        }
        if dice.below(5) == 0 {
            let last = Some(day(&on(&mut dice, 20, 70)));
            lms.people().deactivate(&lms.admin(), &address, last, None).await.unwrap();
        }
    }
    lms
}

/// Everything that is so afterwards, and what was told on which day.
pub(super) async fn state(lms: &TestLms) -> Vec<String> {
    let mut raw = Raw::open(lms.place()).await;
    let mut state = Vec::new();
    for sql in [
        "SELECT x.first_name || ' ' || t.code || ' ' || CAST(a.cycle AS TEXT) || ' '
                || CAST(a.assigned_on AS TEXT) || ' ' || COALESCE(CAST(a.due_on AS TEXT), '-') || ' '
                || COALESCE(CAST(a.overdue_on AS TEXT), '-') || ' ' || COALESCE(a.closed_as, 'open') || ' '
                || COALESCE(CAST(a.closed_on AS TEXT), '-') || ' ' || COALESCE(CAST(a.wake_on AS TEXT), '-')
         FROM assignments a JOIN persons x ON x.id = a.person_id JOIN trainings t ON t.id = a.training_id
         WHERE a.retracted_at IS NULL ORDER BY 1",
        "SELECT COALESCE(CAST(wake_on AS TEXT), '-') FROM exemptions WHERE retracted_at IS NULL ORDER BY 1",
    ] {
        state.extend(raw.texts(sql).await);
    }
    for event in [
        "training.assigned",
        "training.late",
        "training.overdue",
        "training.expired",
        "training.window_opened",
        "exemption.ending",
        "exemption.ended",
    ] {
        let mut by_day = BTreeMap::<String, usize>::new();
        for (day, people) in happened(lms, event).await {
            *by_day.entry(day).or_default() += people;
        }
        state.push(format!("{event} {by_day:?}"));
    }
    state
}

async fn one_run_over_many_nights_is_a_run_on_each_of_them(engine: Engine) {
    for seed in 0..4 {
        let (nightly, once) = (lived(engine, seed).await, lived(engine, seed).await);
        for n in 1..=80 {
            night(&nightly, &plus_days(day(BEGINNING), n).to_string());
            sweep(&nightly).await;
        }
        night(&once, &plus_days(day(BEGINNING), 80).to_string());
        sweep(&once).await;
        assert_eq!(state(&nightly).await, state(&once).await, "seed {seed}");
        assert_sound(&nightly).await;
        assert_sound(&once).await;
    }
}

async fn looking_at_everybody_finds_nothing_that_was_missed(engine: Engine) {
    for seed in 10..13 {
        let lms = lived(engine, seed).await;
        let mut dice = Dice::new(seed);
        let mut n = 0;
        while n < 90 {
            n += dice.between(1, 9);
            night(&lms, &plus_days(day(BEGINNING), n).to_string());
            sweep(&lms).await;
            let full = sweep_with(&lms, SweepOptions::new().full(true)).await;
            assert_eq!(counted(&full), "", "seed {seed}, {n} days later");
            assert!(full.counts["looked_at"] > 0);
        }
    }
}
