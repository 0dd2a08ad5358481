//! Taking back what was done to assignments: as it was before, for what nobody touched since.

use lms_core::{
    AuditFilter, Engine, Extend, NewAssignments, NewExemptions, NewExtension, Unassigning,
};

use super::{assign, company, day, department, done, due, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries};

on_both_engines! {
    an_assignment_is_undone_and_done_again,
    what_was_begun_since_stays,
    what_was_taken_back_comes_back,
    an_extension_an_exemption_and_a_completion_go_back,
}

/// Takes the newest operation of a kind back: how many went back, and how many stayed.
async fn undo(lms: &lms_core::testkit::TestLms, kind: &str) -> (usize, usize) {
    let filter = AuditFilter::new();
    let newest = entries(lms, filter).await.into_iter().find(|one| one.kind == kind).unwrap();
    let batches = lms.batches();
    let plan = batches.plan_undo(&lms.admin(), &newest.seq.to_string()).await.unwrap();
    let outcome = batches.undo(&lms.admin(), plan).await.unwrap();
    (outcome.parts.restored.len(), outcome.parts.kept.len())
}

async fn an_assignment_is_undone_and_done_again(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    assign(&lms, NewAssignments::to(department("ENG")).training("A")).await;
    assert_eq!(undo(&lms, "training.assigned").await, (2, 0));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled"]);
    let undone = lms_core::AssignmentFilter::new().closed(true);
    let undone = lms.assignments().list(&lms.admin(), undone).await.unwrap().items;
    assert!(undone.iter().all(|one| one.closed_as.as_deref() == Some("undone")), "{undone:?}");
    // Taking that back in its turn: they are assigned as before.
    assert_eq!(undo(&lms, "batch.undone").await, (2, 0));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned"]);
    assert_sound(&lms).await;
}

async fn what_was_begun_since_stays(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+30d", "2026-03-31"));
    assign(&lms, new).await;
    done(&lms, "Bo", "A", "2026-03-31").await;
    assert_eq!(undo(&lms, "training.assigned").await, (1, 1));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled, due 2026-04-30"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory completed, due 2026-04-30"]);
}

async fn what_was_taken_back_comes_back(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+30d", "2026-03-31"));
    assign(&lms, new).await;
    let back = Unassigning::of(["A"], person("Ada"));
    let plan = lms.assignments().plan_unassign(&lms.admin(), back).await.unwrap();
    lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled, due 2026-04-30"]);
    assert_eq!(undo(&lms, "training.unassigned").await, (1, 0));
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-04-30"]);
    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-30"]);
    assert_sound(&lms).await;
}

async fn an_extension_an_exemption_and_a_completion_go_back(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let (assignments, admin) = (lms.assignments(), lms.admin());
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+30d", "2026-03-31"));
    assign(&lms, new).await;
    let before = of(&lms, "Ada").await;

    let later = NewExtension::of("A", person("Ada"), Extend::Until(day("2026-06-01")));
    let plan = assignments.plan_extend(&admin, later).await.unwrap();
    assignments.extend(&admin, plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-06-01"]);
    undo(&lms, "assignment.extended").await;
    assert_eq!(of(&lms, "Ada").await, before);

    let exempt = NewExemptions::from_training("A", person("Ada"), "elsewhere");
    let plan = assignments.plan_exempt(&admin, exempt).await.unwrap();
    assignments.exempt(&admin, plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory exempt, due 2026-04-30"]);
    undo(&lms, "exemption.granted").await;
    assert_eq!(of(&lms, "Ada").await, before);

    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-04-30"]);
    undo(&lms, "training.completed").await;
    assert_eq!(of(&lms, "Ada").await, before);
    assert_sound(&lms).await;
}
