//! Why somebody has to do what a rule asks for: of any day, with what caused it, and what excuses from it.

use lms_core::testkit::TestLms;
use lms_core::{
    Engine, Explained, NewAssignments, NewExemptions, NoticeFilter, RuleChange, RuleDefinition,
    RuleRenewal, SweepOptions,
};

use super::super::assignments::{company, day, department, done, noon, person, training};
use super::{applied, apply, rule};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    an_explanation_as_of_a_day_tells_what_stood_then,
    an_explanation_says_by_what_and_by_whom,
    an_explanation_says_by_what_somebody_is_exempt,
    reasons_that_are_merged_are_told_with_their_own_due_days,
    nobody_is_reminded_of_what_only_a_paused_rule_asks_for,
    whoever_mistypes_an_address_is_helped,
}

async fn explain(lms: &TestLms, name: &str, on: Option<&str>) -> Explained {
    let address = format!("{}@example.com", name.to_lowercase());
    lms.assignments().explain(&lms.admin(), &address, "A", on.map(day)).await.unwrap()
}

async fn sweep(lms: &TestLms, on: &str) {
    noon(lms, on);
    lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
}

/// Asks engineers once a year: assigned on 31 March 2026, due on 30 April.
fn yearly() -> RuleDefinition {
    let mut yearly = rule("R", &["A"], department("ENG"));
    yearly.grace_days = Some(7);
    yearly.renewal = Some(RuleRenewal { window_months: Some(1), ..RuleRenewal::new(12) });
    yearly
}

/// The first sentence, and what the table tells of each cycle.
fn told(why: &Explained) -> (String, Vec<String>) {
    let days = |one: &lms_core::Assignment| {
        let due = one.due_on.map(|due_on| format!(" due {due_on}")).unwrap_or_default();
        let closed = one.closed_on.map(|on| format!(" closed {on}")).unwrap_or_default();
        format!("{} {}{due}{closed}", one.cycle, one.status.as_str())
    };
    (why.because[0].clone(), why.cycles.iter().map(days).collect())
}

async fn an_explanation_as_of_a_day_tells_what_stood_then(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(yearly())).await;
    noon(&lms, "2026-04-10");
    done(&lms, "Ada", "A", "2026-04-10").await;
    sweep(&lms, "2027-03-20").await;
    let expect = async |name: &str, on: &str, sentence: &str, cycles: &[&str]| {
        let why = explain(&lms, name, Some(on)).await;
        assert_eq!(told(&why).0, sentence, "{name} {on}");
        assert_eq!(told(&why).1, cycles, "{name} {on}");
        why
    };
    expect("Ada", "2026-03-30", "`A` is not assigned", &[]).await;
    let why = expect(
        "Ada",
        "2026-04-05",
        "As of 2026-04-05, `A` is assigned, in cycle 1, mandatory",
        &["1 assigned due 2026-04-30"],
    )
    .await;
    assert!(!format!("{:?}", why.because).contains("2027"), "{why:?}");
    assert_eq!(why.cycles[0].expires_on, None);
    assert_eq!((why.reasons.len(), why.reasons[0].settled_on), (1, None));
    expect(
        "Ada",
        "2026-05-20",
        "As of 2026-05-20, `A` is completed, done on 2026-04-10, in cycle 1, mandatory",
        &["1 completed due 2026-04-30 closed 2026-04-10"],
    )
    .await;
    let why = expect(
        "Ada",
        "2027-03-20",
        "As of 2027-03-20, `A` is assigned, in cycle 2, mandatory",
        &["1 completed due 2026-04-30 closed 2026-04-10", "2 assigned due 2027-04-10"],
    )
    .await;
    assert_eq!(
        why.because[2..5],
        [
            "It was done on 2026-04-10; counted from the completion, 12 months after 2026-04-10 is \
             2027-04-10, the last day that it covers",
            "So it is due on 2027-04-10",
            "With 7 days of grace it is overdue from 2027-04-18 on",
        ]
    );
    // The sentence and the table are of one day.
    for (on, status) in [
        ("2026-04-05", "assigned"),
        ("2026-04-28", "due soon"),
        ("2026-05-04", "late"),
        ("2026-05-08", "overdue"),
    ] {
        let sentence = format!("As of {on}, `A` is {status}, in cycle 1, mandatory");
        let cycle = format!("1 {} due 2026-04-30", status.replace(' ', "_"));
        expect("Bo", on, &sentence, &[&cycle]).await;
    }
}

async fn an_explanation_says_by_what_and_by_whom(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(yearly())).await;
    let why = explain(&lms, "Ada", None).await;
    let source = &why.reasons[0].source;
    assert_eq!(source.operation.as_deref(), Some("rule.changed"));
    let (seq, actor) = (source.seq.unwrap(), source.actor.clone().unwrap());
    let last = why.because.last().unwrap();
    assert_eq!(
        *last,
        format!(
            "Rule `R` gave it on 2026-03-31 when a rule was changed by {actor}, entry {seq} of the audit log"
        )
    );
    noon(&lms, "2026-04-10");
    done(&lms, "Ada", "A", "2026-04-10").await;
    sweep(&lms, "2027-03-20").await;
    let why = explain(&lms, "Ada", None).await;
    assert!(
        why.because
            .last()
            .unwrap()
            .starts_with("Rule `R` gave it on 2027-03-10 in the nightly pass by "),
        "{why:?}"
    );
    let why = explain(&lms, "Ada", Some("2026-04-05")).await;
    assert_eq!(why.reasons[0].source.seq, Some(seq));
}

async fn an_explanation_says_by_what_somebody_is_exempt(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(yearly())).await;
    noon(&lms, "2026-04-20");
    let new = NewExemptions::from_training("A", person("Ada"), "certified elsewhere")
        .until(day("2026-05-31"))
        .approved_by("Bo Example");
    let plan = lms.assignments().plan_exempt(&lms.admin(), new).await.unwrap();
    lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
    noon(&lms, "2026-04-21");
    let why = explain(&lms, "Ada", None).await;
    assert_eq!(why.because[0], "As of 2026-04-21, `A` is exempt, in cycle 1, mandatory");
    let excused =
        "Exempt since 2026-04-20 until 2026-05-31, approved by Bo Example: certified elsewhere";
    assert!(why.because.iter().any(|one| one == excused), "{why:?}");
    assert!(why.because.iter().all(|one| !one.contains("return")), "{why:?}");
    assert!(
        why.because
            .iter()
            .any(|one| one.contains("by an exemption from 2026-04-20 until 2026-05-31"))
    );
    assert_eq!(why.exemptions[0].reason, "certified elsewhere");
    assert!(explain(&lms, "Ada", Some("2026-04-19")).await.exemptions.is_empty());
}

async fn reasons_that_are_merged_are_told_with_their_own_due_days(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(yearly())).await;
    let mut later = rule("LATER", &["A"], department("ENG"));
    later.due = lms_core::DueRule::AfterAssignment(60);
    apply(&lms, applied(later)).await;
    let why = explain(&lms, "Ada", None).await;
    let own = why.because.iter().find(|one| one.starts_with("Rule `LATER` wants it")).unwrap();
    assert!(own.ends_with(", by itself due on 2026-05-30"), "{why:?}");
}

async fn nobody_is_reminded_of_what_only_a_paused_rule_asks_for(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    apply(&lms, applied(yearly())).await;
    let by_hand = NewAssignments::to(person("Bo")).training("A");
    let by_hand = by_hand.due(lms_core::DueRule::AfterAssignment(30));
    let plan = lms.assignments().plan_assign(&lms.admin(), by_hand).await.unwrap();
    lms.assignments().assign(&lms.admin(), plan).await.unwrap();
    apply(&lms, RuleChange::Pause("R".to_owned())).await;
    let reminded = async |name: &str| {
        let address = format!("{}@example.com", name.to_lowercase());
        let filter = NoticeFilter::new().person(&address);
        lms.notifications().list(&lms.admin(), filter).await.unwrap().items.len()
    };
    for night in ["2026-04-16", "2026-04-24", "2026-05-02", "2026-05-20"] {
        sweep(&lms, night).await;
    }
    assert_eq!(reminded("Ada").await, 0, "the rule is paused");
    assert_eq!(reminded("Bo").await, 4, "somebody else asks for it too");
    let why = explain(&lms, "Ada", None).await;
    let paused = "Rule `R` does not ask for it: it is paused";
    assert!(why.because.iter().any(|one| one == paused), "{why:?}");
    assert!(!why.demands[0].asks);
    apply(&lms, RuleChange::Activate("R".to_owned())).await;
    sweep(&lms, "2026-05-21").await;
    assert_eq!(reminded("Ada").await, 1, "the latest one, and not all that were missed");
    assert_sound(&lms).await;
}

async fn whoever_mistypes_an_address_is_helped(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    // Where people stand by name and where by address are far apart.
    let zoe = lms_core::NewPerson::new("Zoe", "Abel")
        .set(lms_core::PersonField::Email, "zoe@example.com");
    lms.people().add(&lms.admin(), vec![zoe]).await.unwrap();
    let refused = lms.assignments().explain(&lms.admin(), "zoee@example.com", "A", None).await;
    let refused = refused.unwrap_err();
    assert!(refused.hints()[0].starts_with("did you mean `zoe@example.com`"), "{refused:?}");
}
