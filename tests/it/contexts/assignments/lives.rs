//! What happens to people moves what they have to do: leave, departure, return, merging, erasure.

use lms_core::{AuditFilter, Engine, EventFilter, NewAssignments};

use super::{assign, company, day, department, done, due, noon, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, events};

on_both_engines! {
    a_leave_over_the_due_day_moves_it,
    who_leaves_has_nothing_open_and_who_returns_keeps_what_was_done,
    a_hire_day_that_is_mended_moves_what_is_counted_from_it,
    two_records_of_one_human_have_one_assignment,
    who_is_erased_leaves_a_record_without_a_name,
    an_explanation_is_a_chain_of_facts,
}

async fn a_leave_over_the_due_day_moves_it(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+20d", "2026-03-31"));
    assign(&lms, new).await;
    let (from, until) = (day("2026-03-31"), day("2026-06-30"));
    lms.people().add_leave(&lms.admin(), "ada@example.com", from, Some(until), None).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory on_leave, due 2026-07-21"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory assigned, due 2026-04-20"]);
    let newest = &entries(&lms, AuditFilter::new()).await[0];
    assert_eq!((newest.kind.as_str(), newest.counts["changed"]), ("assignment.reconsidered", 1));
    noon(&lms, "2026-07-01");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-07-21"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory overdue, due 2026-04-20"]);
    // Back earlier than planned: what was left is counted from then.
    noon(&lms, "2026-03-31");
    lms.people().end_leave(&lms.admin(), "ada@example.com", day("2026-04-30")).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory on_leave, due 2026-05-21"]);
    assert_sound(&lms).await;
}

async fn who_leaves_has_nothing_open_and_who_returns_keeps_what_was_done(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "B", &[]).await;
    assign(&lms, NewAssignments::to(person("Ada")).training("A").training("B")).await;
    done(&lms, "Ada", "A", "2026-03-31").await;
    lms.people()
        .deactivate(&lms.admin(), "ada@example.com", Some(day("2026-03-31")), None)
        .await
        .unwrap();
    noon(&lms, "2026-04-01");
    let plan = NewAssignments::to(person("Ada")).training("B");
    let plan = lms.assignments().plan_assign(&lms.admin(), plan).await.unwrap();
    assert_eq!(plan.count(lms_core::engine::Outcome::NotEligible), 1);
    lms.people().reactivate(&lms.admin(), "ada@example.com", day("2026-06-01")).await.unwrap();
    noon(&lms, "2026-06-01");
    let new = NewAssignments::to(person("Ada")).training("A").training("B");
    assert_eq!(assign(&lms, new).await, "already_complete 1; assigned 1");
}

async fn a_hire_day_that_is_mended_moves_what_is_counted_from_it(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Di")).training("A");
    assign(&lms, new.due(due("after hire + 30d", "2026-03-31"))).await;
    assert_eq!(of(&lms, "Di").await, ["A mandatory assigned, due 2026-04-19"]);
}

async fn two_records_of_one_human_have_one_assignment(engine: Engine) {
    let lms = company(engine).await;
    for code in ["A", "B", "C"] {
        training(&lms, code, &[]).await;
    }
    assign(&lms, NewAssignments::to(department("ENG")).training("A").training("B")).await;
    let sooner = NewAssignments::to(person("Bo")).training("A").due(due("+10d", "2026-03-31"));
    assign(&lms, sooner).await;
    done(&lms, "Bo", "B", "2026-03-30").await;
    done(&lms, "Bo", "C", "2026-03-30").await;
    lms.people().merge(&lms.admin(), "ada@example.com", "bo@example.com", None).await.unwrap();
    assert_eq!(
        of(&lms, "Ada").await,
        ["A mandatory due_soon, due 2026-04-10", "B mandatory completed", "B mandatory completed"]
    );
    let plan = NewAssignments::to(person("Ada")).training("C");
    let plan = lms.assignments().plan_assign(&lms.admin(), plan).await.unwrap();
    assert_eq!(plan.count(lms_core::engine::Outcome::AlreadyComplete), 1);
    assert_sound(&lms).await;
}

async fn who_is_erased_leaves_a_record_without_a_name(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    assign(&lms, NewAssignments::to(department("ENG")).training("A")).await;
    lms.people().erase(&lms.admin(), "ada@example.com", Some("request of 3 May")).await.unwrap();
    let filter = lms_core::AssignmentFilter::new().closed(true);
    let all = lms.assignments().list(&lms.admin(), filter).await.unwrap().items;
    let told: Vec<_> = all.iter().map(|one| (one.person.as_str(), one.status.as_str())).collect();
    assert!(told.contains(&("Erased person", "cancelled")), "{told:?}");
    assert!(told.contains(&("Bo Example", "assigned")), "{told:?}");
    assert_sound(&lms).await;
}

async fn an_explanation_is_a_chain_of_facts(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Ada")).training("A").due(due("+20d", "2026-03-31"));
    assign(&lms, new).await;
    let why = lms.assignments().explain(&lms.admin(), "ada@example.com", "A", None).await.unwrap();
    assert_eq!(why.cycles.len(), 1);
    assert_eq!(why.because[0], "As of 2026-03-31, `A` is assigned, in cycle 1, mandatory");
    assert!(why.because.iter().any(|told| told.contains("An assignment of 2026-03-31")), "{why:?}");
    let why = lms.assignments().explain(&lms.admin(), "cy@example.com", "A", None).await.unwrap();
    assert_eq!(why.because, ["`A` is not assigned", "No rule names it"]);
    let told = events(&lms, EventFilter::new()).await;
    assert!(told.iter().all(|event| !format!("{event:?}").contains("Ada Example")), "ids only");
}
