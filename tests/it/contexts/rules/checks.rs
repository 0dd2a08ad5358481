//! What is found when rules are looked over: each finding by its cause, over the database.

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, DueRule, Engine, NewTraining, RuleDefinition, RuleRenewal, RuleSeverity, RuleStatus,
    TrainingField,
};

use super::{company, day, of, rule, training};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_sound_rule_is_left_alone,
    what_names_nothing_is_an_error,
    what_means_nobody_or_nothing_is_told,
    what_two_rules_have_in_common_is_told,
    what_is_kept_is_looked_over,
}

/// `error unknown_name trainings[0]`, for each finding.
async fn found(lms: &TestLms, rules: Option<Vec<RuleDefinition>>) -> Vec<String> {
    let checked = lms.rules().check(&lms.admin(), rules).await.unwrap();
    let errors = checked.findings.iter().any(|one| one.severity == RuleSeverity::Error);
    assert_eq!(checked.holds(), !errors);
    let told = |one: &lms_core::RuleFinding| {
        format!("{} {} {}", one.severity.as_str(), one.code, one.place)
    };
    checked.findings.iter().map(told).collect()
}

async fn a_sound_rule_is_left_alone(engine: Engine) {
    let lms = company(engine).await;
    assert_eq!(found(&lms, Some(vec![rule("GDPR", "GDPR-101", of("ENG"))])).await, [""; 0]);
    assert_eq!(found(&lms, None).await, [""; 0]);
}

async fn what_names_nothing_is_an_error(engine: Engine) {
    let lms = company(engine).await;
    let mut wrong = rule("GDPR", "GDPR-110", of("ENGE"));
    wrong.paths = vec!["NEW".to_owned()];
    wrong.renewal = Some(RuleRenewal { window_months: Some(12), ..RuleRenewal::new(12) });
    let same = rule("gdpr", "GDPR-101", of("ENG"));
    assert_eq!(
        found(&lms, Some(vec![wrong, same])).await,
        [
            "error unknown_name audience.department",
            "error unknown_name paths[0]",
            "error invalid renewal.window_months",
            "error unknown_name trainings[0]",
            "error duplicate code",
        ]
    );
}

async fn what_means_nobody_or_nothing_is_told(engine: Engine) {
    let lms = company(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    training(&lms, "AFTER", &[(TrainingField::Prerequisites, "SEC-101")]).await;
    training(&lms, "SHORT", &[(TrainingField::ValidityMonths, "6")]).await;
    catalog.add(&admin, NewTraining::new("DRAFT", "Draft")).await.unwrap();
    let mut one = rule("ONE", "AFTER", of("EMPTY"));
    one.trainings.extend(["SHORT".to_owned(), "DRAFT".to_owned()]);
    one.renewal = Some(RuleRenewal { window_months: Some(1), ..RuleRenewal::new(12) });
    one.due = DueRule::AfterCompleting("GDPR-101".to_owned(), 7);
    assert_eq!(
        found(&lms, Some(vec![one.clone()])).await,
        [
            "error not_published trainings[2]",
            "warning empty_audience audience",
            "warning waits_for_nothing due",
            "warning prerequisite_not_given trainings[0]",
            "warning validity_shorter trainings[1]",
        ]
    );
    // Another rule that is in force gives what comes first.
    for (code, training) in [("TWO", "SEC-101"), ("THREE", "GDPR-101")] {
        let given = rule(code, training, of("SALES"));
        lms.put_rule(day("2026-03-01"), given, RuleStatus::Active).await.unwrap();
    }
    one.due = DueRule::On(day("2026-03-30"));
    one.until = Some(day("2026-03-30"));
    assert_eq!(
        found(&lms, Some(vec![one])).await,
        [
            "error not_published trainings[2]",
            "warning empty_audience audience",
            "warning due_past due",
            "warning validity_shorter trainings[1]",
            "warning ended until",
        ]
    );
}

async fn what_two_rules_have_in_common_is_told(engine: Engine) {
    let lms = company(engine).await;
    let kept = rule("KEPT", "GDPR-101", Audience::everybody());
    lms.put_rule(day("2026-03-01"), kept.clone(), RuleStatus::Active).await.unwrap();
    let mut given = rule("GIVEN", "GDPR-101", of("ENG"));
    given.due = DueRule::AfterHire(30);
    let checked = lms.rules().check(&lms.admin(), Some(vec![given.clone()])).await.unwrap();
    let [overlap] = checked.findings.as_slice() else { panic!("{checked:?}") };
    assert_eq!((overlap.code.as_str(), overlap.severity), ("overlap", RuleSeverity::Warning));
    assert_eq!(
        overlap.message,
        "`KEPT` asks 2 people for `GDPR-101` as well; what `KEPT` says is due earlier, and holds"
    );
    // What is paused has nothing in common with anything, nor has another training.
    let other = rule("OTHER", "SEC-101", of("ENG"));
    assert_eq!(found(&lms, Some(vec![other])).await, [""; 0]);
    lms.put_rule(day("2026-03-02"), kept, RuleStatus::Paused).await.unwrap();
    assert_eq!(found(&lms, Some(vec![given])).await, [""; 0]);
}

async fn what_is_kept_is_looked_over(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    lms.put_rule(day("2026-03-01"), rule("A", "GDPR-101", of("ENG")), RuleStatus::Active)
        .await
        .unwrap();
    lms.rules().add(&admin, rule("B", "GDPR-101", of("ENG"))).await.unwrap();
    let gone = rule("C", "GDPR-101", of("ENG"));
    lms.put_rule(day("2026-03-01"), gone, RuleStatus::Removed).await.unwrap();
    assert_eq!(found(&lms, None).await, ["warning overlap audience"]);
    let mut never = rule("A", "GDPR-101", of("ENG"));
    never.due = DueRule::Never;
    lms.rules().save_draft(&admin, never).await.unwrap();
    let told = found(&lms, None).await;
    assert_eq!(told, ["warning overlap audience", "warning never_due due"], "the draft counts");
    assert_eq!(lms.rules().check(&admin, None).await.unwrap().rules, 2);
}
