//! A training changes: a new version asks people again, has more seats, or something else counts for it.

use lms_core::{
    Audience, AuditFilter, Engine, NewAssignments, NewCompletions, Publishing, TrainingChange,
    TrainingField,
};

use super::{assign, company, day, department, done, due, noon, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, head};

on_both_engines! {
    a_major_version_has_people_do_it_again,
    a_minor_version_asks_nobody,
    more_seats_are_given_to_those_who_wait,
    what_counts_for_another_settles_it_at_once,
}

/// Says something else in a draft.
async fn edit(lms: &lms_core::testkit::TestLms, code: &str, field: TrainingField, value: &str) {
    let change = TrainingChange::new().set(field, value);
    lms.catalog().edit(&lms.admin(), code, change).await.unwrap();
}

async fn a_major_version_has_people_do_it_again(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "GDPR", &[]).await;
    let new =
        NewAssignments::to(Audience::everybody()).training("GDPR").due(due("+10d", "2026-03-31"));
    assert_eq!(assign(&lms, new).await, "assigned 4");
    // Ada and Cy have done it, Bo is on it, Di left, and has done it too.
    for name in ["Ada", "Cy", "Di"] {
        done(&lms, name, "GDPR", "2026-03-31").await;
    }
    lms.people()
        .deactivate(&lms.admin(), "di@example.com", Some(day("2026-04-02")), None)
        .await
        .unwrap();
    noon(&lms, "2026-04-05");
    edit(&lms, "GDPR", TrainingField::Description, "With the new law.").await;
    let again = Publishing::major().require_retraining_by(day("2026-06-30"));
    let before = head(&lms).await;
    let plan = lms.catalog().plan_publish(&lms.admin(), "GDPR", &again).await.unwrap();
    assert_eq!((plan.version.unwrap().to_string().as_str(), plan.retrained), ("2.0", Some(2)));
    assert_eq!(head(&lms).await, before, "a plan changes nothing");

    lms.catalog().publish(&lms.admin(), "GDPR", &again).await.unwrap();
    let newest = &entries(&lms, AuditFilter::new()).await[0];
    assert_eq!((newest.kind.as_str(), newest.counts["assigned"]), ("assignment.reconsidered", 2));
    let first = "GDPR mandatory completed, due 2026-04-10, until 2026-06-30";
    assert_eq!(of(&lms, "Ada").await, [first, "GDPR mandatory assigned, due 2026-06-30"]);
    assert_eq!(of(&lms, "Bo").await, ["GDPR mandatory due_soon, due 2026-04-10"]);
    assert_eq!(of(&lms, "Di").await, [first], "who is gone is asked nothing");

    // The old version, done late: it is asked again. The new one will do.
    let old = NewCompletions::of("GDPR", person("Bo")).version(1, 0);
    let plan = lms.assignments().plan_complete(&lms.admin(), old).await.unwrap();
    lms.assignments().complete(&lms.admin(), plan).await.unwrap();
    assert_eq!(of(&lms, "Bo").await[1], "GDPR mandatory assigned, due 2026-06-30");
    noon(&lms, "2026-05-01");
    done(&lms, "Ada", "GDPR", "2026-05-01").await;
    assert_eq!(of(&lms, "Ada").await[1], "GDPR mandatory completed, due 2026-06-30");
    assert_eq!(of(&lms, "Ada").await.len(), 2);
    assert_sound(&lms).await;
}

async fn a_minor_version_asks_nobody(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "GDPR", &[]).await;
    assign(&lms, NewAssignments::to(person("Ada")).training("GDPR")).await;
    done(&lms, "Ada", "GDPR", "2026-03-31").await;
    edit(&lms, "GDPR", TrainingField::Description, "A typo less.").await;
    let plan =
        lms.catalog().plan_publish(&lms.admin(), "GDPR", &Publishing::minor()).await.unwrap();
    assert_eq!(plan.retrained, None);
    lms.catalog().publish(&lms.admin(), "GDPR", &Publishing::minor()).await.unwrap();
    assert_eq!(entries(&lms, AuditFilter::new()).await[0].kind, "training.published");
    assert_eq!(of(&lms, "Ada").await, ["GDPR mandatory completed"]);
}

async fn more_seats_are_given_to_those_who_wait(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "FIRST-AID", &[(TrainingField::SeatLimit, "1")]).await;
    let new = NewAssignments::to(Audience::everybody()).training("FIRST-AID");
    assert_eq!(assign(&lms, new).await, "assigned 1, waitlisted 3");
    edit(&lms, "FIRST-AID", TrainingField::SeatLimit, "3").await;
    assert_eq!(of(&lms, "Bo").await, ["FIRST-AID mandatory waitlisted"], "a draft gives nothing");
    lms.catalog().publish(&lms.admin(), "FIRST-AID", &Publishing::minor()).await.unwrap();
    let told = [of(&lms, "Bo").await, of(&lms, "Cy").await, of(&lms, "Di").await].concat();
    let expected = ["assigned", "assigned", "waitlisted"];
    assert_eq!(told, expected.map(|status| format!("FIRST-AID mandatory {status}")));
    assert_sound(&lms).await;
}

async fn what_counts_for_another_settles_it_at_once(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "DRIVING", &[]).await;
    training(&lms, "TRUCKS", &[]).await;
    assign(&lms, NewAssignments::to(department("ENG")).training("DRIVING")).await;
    done(&lms, "Ada", "TRUCKS", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["DRIVING mandatory assigned"]);
    let from = Some(day("2026-01-01"));
    lms.catalog().add_equivalent(&lms.admin(), "DRIVING", "TRUCKS", from, None).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["DRIVING mandatory completed"]);
    assert_eq!(of(&lms, "Bo").await, ["DRIVING mandatory assigned"]);
    assert_sound(&lms).await;
}
