//! What was done: recorded, corrected, revoked, and what stands in for what.

use lms_core::{
    CompletionChange, CompletionFilter, Engine, ErrorKind, NewAssignments, NewCompletions,
    Publishing, TrainingChange, TrainingField,
};

use super::{assign, company, day, department, done, due, noon, of, person, today, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    a_completion_settles_and_keeps_where_it_was_done,
    a_completion_that_is_revoked_was_never_done,
    what_runs_out_is_shown_as_expired,
    another_training_stands_in,
    a_major_version_asks_again,
    a_completion_cannot_lie_ahead,
}

async fn a_completion_settles_and_keeps_where_it_was_done(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[(TrainingField::ValidityMonths, "12")]).await;
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+10d", "2026-03-31"));
    assign(&lms, new).await;
    let new = NewCompletions::of("A", department("ENG"))
        .on(day("2026-03-30"))
        .score(8_750)
        .evidence("https://example.com/scan.pdf");
    let plan = lms.assignments().plan_complete(&lms.admin(), new).await.unwrap();
    assert_eq!((plan.n_people, plan.n_assigned), (2, 2));
    let outcome = lms.assignments().complete(&lms.admin(), plan).await.unwrap();
    assert_eq!((outcome.completions.len(), outcome.n_settled), (2, 2));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-10, until 2027-03-30"]);
    let page = lms.assignments().completions(&lms.admin(), CompletionFilter::new()).await.unwrap();
    let one = &page.items[0];
    assert_eq!((one.department.as_deref(), one.score), (Some("ENG"), Some(8_750)));
    assert_eq!((one.valid_until, one.version.as_str()), (Some(day("2027-03-30")), "1.0"));
    assert_eq!(today(&lms), "2026-03-31");
    assert_sound(&lms).await;
}

async fn a_completion_that_is_revoked_was_never_done(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Ada")).training("A").due(due("+10d", "2026-03-31"));
    assign(&lms, new).await;
    done(&lms, "Ada", "A", "2026-03-31").await;
    let (assignments, admin) = (lms.assignments(), lms.admin());
    let all = assignments.completions(&admin, CompletionFilter::new()).await.unwrap().items;

    // Corrected: it was done a day earlier.
    let earlier = CompletionChange::new().on(day("2026-03-30"));
    let corrected = assignments.change_completion(&admin, all[0].id, earlier).await.unwrap();
    assert_eq!(corrected.completed_on, day("2026-03-30"));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-10"]);

    let revoked = assignments
        .change_completion(&admin, all[0].id, CompletionChange::revoked())
        .await
        .unwrap();
    assert_eq!(revoked.revoked_on, Some(day("2026-03-31")));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory due_soon, due 2026-04-10"]);
    let counted = assignments.completions(&admin, CompletionFilter::new()).await.unwrap().items;
    assert!(counted.is_empty());
    let kept = CompletionFilter::new().revoked(true);
    assert_eq!(assignments.completions(&admin, kept).await.unwrap().items.len(), 1);
    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-10"]);
    assert_sound(&lms).await;
}

async fn what_runs_out_is_shown_as_expired(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[(TrainingField::ValidityMonths, "1")]).await;
    assign(&lms, NewAssignments::to(person("Ada")).training("A")).await;
    done(&lms, "Ada", "A", "2026-01-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned"], "it had run out before");
    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, until 2026-04-30"]);
    noon(&lms, "2026-05-01");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory expired, until 2026-04-30"]);
}

async fn another_training_stands_in(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "B", &[]).await;
    let from = Some(day("2026-01-01"));
    lms.catalog().add_equivalent(&lms.admin(), "A", "B", from, None).await.unwrap();
    assign(&lms, NewAssignments::to(department("ENG")).training("A")).await;
    done(&lms, "Ada", "B", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory assigned"]);
    assert_sound(&lms).await;
}

async fn a_major_version_asks_again(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    assign(&lms, NewAssignments::to(person("Ada")).training("A")).await;
    done(&lms, "Ada", "A", "2026-03-31").await;
    noon(&lms, "2026-04-10");
    let change = TrainingChange::new().set(TrainingField::Description, "All of it is new");
    lms.catalog().edit(&lms.admin(), "A", change).await.unwrap();
    let major = Publishing::major().require_retraining_by(day("2026-06-30"));
    lms.catalog().publish(&lms.admin(), "A", &major).await.unwrap();
    let new = NewAssignments::to(person("Ada")).training("A").due(due("2026-06-30", "2026-04-10"));
    lms.assignments().plan_assign(&lms.admin(), new).await.unwrap();
}

async fn a_completion_cannot_lie_ahead(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewCompletions::of("A", person("Ada")).on(day("2026-04-01"));
    let plan = lms.assignments().plan_complete(&lms.admin(), new).await.unwrap();
    let error = lms.assignments().complete(&lms.admin(), plan).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some("completed_on")));
}
