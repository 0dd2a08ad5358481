//! Rules that stand still because nobody can tell whom they mean: those who run the system are told.

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, DueRule, Engine, NewGroup, NoticeFilter, NoticeType, RuleChange,
    RuleDefinition, SweepOptions, SweepOutcome, SweepStep,
};

use super::super::{company, department, of, training};
use super::{counted, night, sweep, sweep_with};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    a_rule_that_stands_still_is_told_once,
    a_step_alone_tells_nobody_of_it,
}

fn rule(audience: Audience) -> RuleDefinition {
    let mut rule = RuleDefinition::new("R", "Aid", audience);
    rule.trainings = vec!["A".to_owned()];
    rule.due = DueRule::AfterAssignment(30);
    rule
}

async fn apply(lms: &TestLms, rule: RuleDefinition) {
    let plan = lms.rules().plan(&lms.admin(), vec![RuleChange::Apply(Box::new(rule))]).await;
    lms.rules().apply(&lms.admin(), plan.unwrap()).await.unwrap();
}

async fn with_a_rule_for_a_group(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let group = NewGroup::fixed("AIDERS", "First aiders").members(["ada@example.com"]);
    lms.people().add_group(&lms.admin(), group).await.unwrap();
    apply(&lms, rule(Audience::everybody().with(AudienceField::Group, "AIDERS"))).await;
    lms
}

fn stopped(outcome: &SweepOutcome) -> Vec<String> {
    let told =
        |rule: &lms_core::StoppedRule| format!("{} {}: {}", rule.code, rule.since, rule.because);
    outcome.stopped_rules.iter().map(told).collect()
}

/// What those who run the system were told of it, the oldest first.
async fn told(lms: &TestLms) -> Vec<String> {
    let filter = NoticeFilter::new().notice_type(NoticeType::RuleStopped);
    let page = lms.notifications().list(&lms.admin(), filter).await.unwrap();
    let mut told: Vec<String> = page
        .items
        .iter()
        .map(|one| format!("{} {}: {}", one.day, one.recipient, one.body))
        .collect();
    told.reverse();
    told
}

async fn a_rule_that_stands_still_is_told_once(engine: Engine) {
    let lms = with_a_rule_for_a_group(engine).await;
    night(&lms, "2026-04-05");
    assert_eq!(stopped(&sweep(&lms).await), [""; 0]);
    night(&lms, "2026-04-07");
    lms.people().remove_group(&lms.admin(), "AIDERS", None).await.unwrap();
    for day in ["2026-04-10", "2026-04-11", "2026-04-12"] {
        night(&lms, day);
        let preview = lms.sweep().preview(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await;
        let outcome = sweep(&lms).await;
        let stopped = stopped(&outcome);
        assert_eq!(stopped.len(), 1, "{stopped:?}");
        assert!(
            stopped[0].starts_with("R 2026-04-07: ") && stopped[0].contains("`AIDERS`"),
            "{stopped:?}"
        );
        assert_eq!(preview.unwrap().stopped_rules, outcome.stopped_rules);
        assert!(!counted(&outcome).contains("cancelled"), "nothing is taken");
    }
    let once = told(&lms).await;
    assert_eq!(once.len(), 1, "{once:?}");
    assert!(once[0].starts_with("2026-04-10 ada: Since 2026-04-07 nobody can tell"), "{once:?}");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-04-30"]);

    apply(&lms, rule(department("ENG"))).await;
    night(&lms, "2026-04-13");
    assert_eq!(stopped(&sweep(&lms).await), [""; 0], "it goes on");

    let group = NewGroup::fixed("WARDENS", "Fire wardens").members(["ada@example.com"]);
    lms.people().add_group(&lms.admin(), group).await.unwrap();
    apply(&lms, rule(Audience::everybody().with(AudienceField::Group, "WARDENS"))).await;
    night(&lms, "2026-04-20");
    lms.people().remove_group(&lms.admin(), "WARDENS", None).await.unwrap();
    sweep(&lms).await;
    assert_eq!(told(&lms).await.len(), 2, "it stopped on another day");
    assert_sound(&lms).await;
}

async fn a_step_alone_tells_nobody_of_it(engine: Engine) {
    let lms = with_a_rule_for_a_group(engine).await;
    lms.people().remove_group(&lms.admin(), "AIDERS", None).await.unwrap();
    night(&lms, "2026-04-10");
    let outcome = sweep_with(&lms, SweepOptions::new().only(SweepStep::Rules)).await;
    assert_eq!(outcome.stopped_rules.len(), 1);
    assert_eq!(told(&lms).await, [""; 0]);
    night(&lms, "2026-04-11");
    sweep(&lms).await;
    assert_eq!(told(&lms).await.len(), 1);
}
