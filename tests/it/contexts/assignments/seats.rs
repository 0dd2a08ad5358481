//! Trainings with a limited number of seats, and enrolling oneself.

use lms_core::{Engine, ErrorKind, NewAssignments, TrainingField};

use super::{assign, company, department, done, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    a_full_training_has_a_queue_that_moves_up,
    enrolling_is_once_and_in_order,
}

async fn a_full_training_has_a_queue_that_moves_up(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "FIRST-AID", &[(TrainingField::SeatLimit, "1")]).await;
    let new = NewAssignments::to(department("ENG")).training("FIRST-AID");
    assert_eq!(assign(&lms, new).await, "assigned 1, waitlisted 1");
    let new = NewAssignments::to(department("SALES")).training("FIRST-AID");
    assert_eq!(assign(&lms, new).await, "waitlisted 2");
    assert_eq!(of(&lms, "Ada").await, ["FIRST-AID mandatory assigned"]);
    assert_eq!(of(&lms, "Bo").await, ["FIRST-AID mandatory waitlisted"]);
    done(&lms, "Ada", "FIRST-AID", "2026-03-31").await;
    assert_eq!(of(&lms, "Bo").await, ["FIRST-AID mandatory assigned"]);
    assert_eq!(of(&lms, "Cy").await, ["FIRST-AID mandatory waitlisted"]);
    assert_sound(&lms).await;
}

async fn enrolling_is_once_and_in_order(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "B", &[(TrainingField::Prerequisites, "A")]).await;
    let (assignments, admin) = (lms.assignments(), lms.admin());
    let first = assignments.enrol(&admin, "ada@example.com", "B").await.unwrap_err();
    assert_eq!(first.kind(), ErrorKind::Refused);
    assert!(first.message().contains("comes A"), "{first}");
    let enrolled = assignments.enrol(&admin, "ada@example.com", "A").await.unwrap();
    assert!(enrolled.operation.is_some());
    assert_eq!(of(&lms, "Ada").await, ["A optional assigned"]);
    let again = assignments.enrol(&admin, "ada@example.com", "A").await.unwrap();
    assert_eq!((again.operation, again.value.id), (None, enrolled.value.id));
    done(&lms, "Ada", "A", "2026-03-31").await;
    let done_already = assignments.enrol(&admin, "ada@example.com", "A").await.unwrap_err();
    assert_eq!(done_already.code(), "assignments.already_done");
    let second = assignments.enrol(&admin, "ada@example.com", "B").await.unwrap();
    assert!(assignments.withdraw(&admin, second.value.id).await.unwrap().is_some());
    assert_eq!(assignments.withdraw(&admin, second.value.id).await.unwrap(), None);
    assert_eq!(of(&lms, "Ada").await, ["A optional completed", "B optional cancelled"]);
    // What others ask for stays.
    assign(&lms, NewAssignments::to(person("Ada")).training("B")).await;
    let open = assignments.enrol(&admin, "ada@example.com", "B").await.unwrap();
    assert_eq!(assignments.withdraw(&admin, open.value.id).await.unwrap(), None);
}
