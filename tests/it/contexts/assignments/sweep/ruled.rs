//! What holds for small companies with rules that chance made: people who come, move, are away and leave;
//! nights that are missed; rules that come and go.

use lms_core::engine::{Kind, Leaving, OnLeaving, OnPastDue, plus_days};
use lms_core::testkit::TestLms;
use lms_core::{
    AssignmentFilter, Audience, AudienceField, Day, DueRule, Engine, LeavePolicy, NewExemptions,
    NewPerson, PersonChange, PersonField, RenewalBase, RuleChange, RuleDefinition, RuleRenewal,
    SweepOptions,
};

use super::super::{company, day, department, done, of, person, training};
use super::chance::{BEGINNING, PEOPLE, TRAININGS, on, state};
use super::{counted, night, sweep, sweep_with};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    one_run_over_many_nights_of_rules_is_a_run_on_each_of_them,
    looking_at_everybody_finds_nothing_that_rules_missed,
    one_more_rule_takes_nothing_away_and_goes_without_a_trace,
    the_order_in_which_rules_come_is_irrelevant,
    a_day_told_from_today_is_another_one_each_night,
}

fn count(dice: &mut Dice, below: usize) -> u32 {
    u32::try_from(dice.below(below)).unwrap()
}

/// A rule that asks some of the people for some training. What was due before it was asked for is
/// assigned all the same: what is put off instead is put off from the night on which somebody looks.
fn chance_rule(dice: &mut Dice, code: &str) -> RuleDefinition {
    let audience = match dice.below(8) {
        0 => Audience::everybody(),
        1 => department("SALES"),
        2 => Audience::everybody().without(AudienceField::Department, "SALES"),
        3 => Audience::everybody().with(AudienceField::HiredBefore, "2026-03-01"),
        4 => department("ENG").with(AudienceField::Status, "active"),
        5 => Audience::everybody().with(AudienceField::HiredAfter, "-40d"),
        6 => department("ENG").with(AudienceField::HiredBefore, "-30d"),
        _ => department("ENG"),
    };
    let mut rule = RuleDefinition::new(code, code, audience);
    rule.trainings = vec![dice.one(&TRAININGS).to_owned()];
    rule.kind =
        [Kind::Mandatory, Kind::Mandatory, Kind::Recommended, Kind::Optional][dice.below(4)];
    rule.due = match dice.below(6) {
        0 => DueRule::Never,
        1 => DueRule::On(day(&on(dice, 3, 60))),
        2 => DueRule::AfterJoining(5 + count(dice, 40)),
        3 => DueRule::AfterHire(5 + count(dice, 40)),
        _ => DueRule::AfterAssignment(5 + count(dice, 40)),
    };
    rule.grace_days = Some(count(dice, 8));
    rule.on_past_due = OnPastDue::AssignAnyway;
    if dice.below(3) > 0 {
        let mut renewal = RuleRenewal::new(1 + count(dice, 3));
        renewal.window_days = Some(3 + count(dice, 20));
        renewal.base = [RenewalBase::Completion, RenewalBase::Expiry][dice.below(2)];
        rule.renewal = Some(renewal);
    }
    let leaving = [Leaving::Cancel, Leaving::Optional, Leaving::Keep];
    rule.on_leaving =
        OnLeaving { not_started: leaving[dice.below(3)], started: leaving[dice.below(3)] };
    if dice.below(4) == 0 {
        rule.leave = LeavePolicy::Run;
    }
    rule
}

fn rules(dice: &mut Dice) -> Vec<RuleDefinition> {
    ["R1", "R2", "R3", "R4"].map(|code| chance_rule(dice, code)).into()
}

async fn change(lms: &TestLms, changes: Vec<RuleChange>) {
    let plan = lms.rules().plan(&lms.admin(), changes.clone()).await.unwrap();
    lms.rules().apply(&lms.admin(), plan).await.unwrap();
    let again = lms.rules().plan(&lms.admin(), changes).await.unwrap();
    assert!(!again.changes_anything(), "something is left to do: {again:?}");
}

fn applied(rule: RuleDefinition) -> RuleChange {
    RuleChange::Apply(Box::new(rule))
}

/// People with lives, all of it known before the first night.
async fn lived(engine: Engine, dice: &mut Dice) -> TestLms {
    let lms = company(engine).await;
    let (admin, people) = (lms.admin(), lms.people());
    for code in TRAININGS {
        training(&lms, code, &[]).await;
    }
    let hired = NewPerson::new("Ed", "Example")
        .set(PersonField::Email, "ed@example.com")
        .set(PersonField::Department, dice.one(&["ENG", "SALES"]))
        .hired_on(day(&on(dice, 5, 50)));
    people.add(&admin, vec![hired]).await.unwrap();
    for name in PEOPLE {
        let address = format!("{}@example.com", name.to_lowercase());
        let zone = dice.one(&["Pacific/Auckland", "Europe/Berlin", "Pacific/Honolulu"]);
        let there = PersonChange::new().set(PersonField::TimeZone, zone);
        people.edit(&admin, &address, there).await.unwrap();
        for code in TRAININGS {
            if dice.below(3) == 0 {
                done(&lms, name, code, &on(dice, -70, 1)).await;
            }
            if dice.below(6) == 0 {
                let (from, until) = (on(dice, 0, 40), on(dice, 40, 70));
                let new = NewExemptions::from_training(code, person(name), "chance");
                let new = new.from(day(&from)).until(day(&until));
                let plan = lms.assignments().plan_exempt(&admin, new).await.unwrap();
                lms.assignments().exempt(&admin, plan).await.unwrap();
            }
        }
        if dice.below(3) == 0 {
            let (from, until) = (on(dice, 1, 30), on(dice, 30, 60));
            people.add_leave(&admin, &address, day(&from), Some(day(&until)), None).await.unwrap();
        }
        match dice.below(4) {
            0 => {
                let last = Some(day(&on(dice, 20, 70)));
                people.deactivate(&admin, &address, last, None).await.unwrap();
            }
            1 => {}
            _ => {
                let (out, back) = (on(dice, 1, 35), on(dice, 35, 75));
                for (department, from) in [("SALES", out), ("ENG", back)] {
                    let moved = PersonChange::new().set(PersonField::Department, department);
                    people.edit(&admin, &address, moved.from(day(&from))).await.unwrap();
                }
            }
        }
    }
    lms
}

async fn one_run_over_many_nights_of_rules_is_a_run_on_each_of_them(engine: Engine) {
    for seed in 20..24 {
        let mut states = Vec::new();
        for every in [1, 80] {
            let mut dice = Dice::new(seed);
            let lms = lived(engine, &mut dice).await;
            change(&lms, rules(&mut dice).into_iter().map(applied).collect()).await;
            for n in (1..=80).filter(|n| n % every == 0) {
                night(&lms, &plus_days(day(BEGINNING), n).to_string());
                sweep(&lms).await;
            }
            assert_sound(&lms).await;
            states.push(state(&lms).await);
        }
        assert!(states[0].len() > 10, "something happens: {states:?}");
        assert_eq!(states[0], states[1], "seed {seed}");
    }
}

/// Facts and changes of rules between the nights, too.
async fn looking_at_everybody_finds_nothing_that_rules_missed(engine: Engine) {
    for seed in 30..33 {
        let mut dice = Dice::new(seed);
        let lms = lived(engine, &mut dice).await;
        change(&lms, rules(&mut dice).into_iter().map(applied).collect()).await;
        let mut n = 0;
        while n < 90 {
            n += dice.between(1, 9);
            let today = plus_days(day(BEGINNING), n);
            night(&lms, &today.to_string());
            between_nights(&lms, &mut dice, today).await;
            sweep(&lms).await;
            let full = sweep_with(&lms, SweepOptions::new().full(true)).await;
            assert_eq!(counted(&full), "", "seed {seed}, {n} days later");
        }
        assert_sound(&lms).await;
    }
}

async fn between_nights(lms: &TestLms, dice: &mut Dice, today: Day) {
    let name = dice.one(&PEOPLE);
    match dice.below(5) {
        // Yesterday is over everywhere.
        0 | 1 => {
            let on = today.previous().to_string();
            done(lms, name, dice.one(&TRAININGS), &on).await;
        }
        2 => {
            let address = format!("{}@example.com", name.to_lowercase());
            let moved =
                PersonChange::new().set(PersonField::Department, dice.one(&["ENG", "SALES"]));
            // Whoever has left cannot be moved.
            let _ = lms.people().edit(&lms.admin(), &address, moved).await;
        }
        3 => {
            let code = dice.one(&["R1", "R2", "R3", "R4"]).to_owned();
            change(lms, vec![RuleChange::Pause(code.clone())]).await;
            if dice.below(2) == 0 {
                change(lms, vec![RuleChange::Activate(code)]).await;
            }
        }
        _ => {
            let code = dice.one(&["R1", "R2", "R3", "R4"]);
            let rule = chance_rule(dice, code);
            change(lms, vec![applied(rule)]).await;
        }
    }
}

/// Everything that is open: whose, of what, how strongly, and until when.
async fn open(lms: &TestLms) -> Vec<(String, String, Kind, Option<Day>)> {
    let filter = AssignmentFilter::new().limit(500);
    let page = lms.assignments().list(&lms.admin(), filter).await.unwrap();
    let one = |one: lms_core::Assignment| (one.person, one.training, one.kind, one.due_on);
    let mut open: Vec<_> = page.items.into_iter().map(one).collect();
    open.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    open
}

async fn one_more_rule_takes_nothing_away_and_goes_without_a_trace(engine: Engine) {
    for seed in 40..46 {
        let mut dice = Dice::new(seed);
        let lms = lived(engine, &mut dice).await;
        change(&lms, rules(&mut dice).into_iter().map(applied).collect()).await;
        let before = open(&lms).await;
        let one_more = chance_rule(&mut dice, "ONE-MORE");
        change(&lms, vec![applied(one_more.clone())]).await;
        let with = open(&lms).await;
        for (person, training, kind, due_on) in &before {
            let same = with.iter().find(|one| (&one.0, &one.1) == (person, training));
            let same = same.unwrap_or_else(|| panic!("seed {seed}: {person} lost {training}"));
            assert!(same.2 >= *kind, "seed {seed}: {person} {training} {one_more:?}");
            let is_as_early = due_on.is_none_or(|due| same.3.is_some_and(|now| now <= due));
            assert!(is_as_early, "seed {seed}: {person} {training} {one_more:?}");
        }
        change(&lms, vec![RuleChange::Remove("ONE-MORE".to_owned())]).await;
        let without = open(&lms).await;
        for one in &before {
            assert!(
                without.contains(one),
                "seed {seed}: {one:?} is not computed back: {without:?}"
            );
        }
        assert_sound(&lms).await;
    }
}

async fn the_order_in_which_rules_come_is_irrelevant(engine: Engine) {
    for seed in 50..54 {
        let mut states = Vec::new();
        for backwards in [false, true] {
            let mut dice = Dice::new(seed);
            let lms = lived(engine, &mut dice).await;
            let mut rules = rules(&mut dice);
            if backwards {
                rules.reverse();
            }
            for rule in rules {
                change(&lms, vec![applied(rule)]).await;
            }
            let at_once = open(&lms).await;
            night(&lms, &plus_days(day(BEGINNING), 45).to_string());
            sweep(&lms).await;
            states.push((at_once, open(&lms).await));
        }
        assert_eq!(states[0], states[1], "seed {seed}");
    }
}

/// Di was hired on 20 March: she has been there for more than thirty days from 20 April on, and for no
/// more than sixty until 19 May.
async fn a_day_told_from_today_is_another_one_each_night(engine: Engine) {
    for every in [1, 75] {
        let lms = company(engine).await;
        training(&lms, "A", &[]).await;
        let audience = Audience::everybody()
            .with(AudienceField::HiredBefore, "-30d")
            .with(AudienceField::HiredAfter, "-61d");
        let mut rule = RuleDefinition::new("R", "After the first month", audience);
        rule.trainings = vec!["A".to_owned()];
        rule.due = DueRule::AfterAssignment(60);
        change(&lms, vec![applied(rule)]).await;
        assert_eq!(of(&lms, "Di").await, [""; 0]);
        for n in (1..=75).filter(|n| n % every == 0) {
            let today = plus_days(day(BEGINNING), n);
            night(&lms, &today.to_string());
            sweep(&lms).await;
            let full = sweep_with(&lms, SweepOptions::new().full(true)).await;
            assert_eq!(counted(&full), "", "{today}");
        }
        let filter = AssignmentFilter::new().closed(true);
        let page = lms.assignments().list(&lms.admin(), filter).await.unwrap();
        let told: Vec<String> = page
            .items
            .iter()
            .map(|one| {
                let ended = one.closed_on.map(|day| day.to_string()).unwrap_or_default();
                format!("{} from {} to {ended}", one.person, one.assigned_on)
            })
            .collect();
        assert_eq!(told, ["Di Example from 2026-04-20 to 2026-05-20"], "every {every} nights");
        assert_sound(&lms).await;
    }
}
