//! Assigning and taking back: what is planned is what is done, and nothing else.

use lms_core::engine::{Kind, OnPastDue, Outcome};
use lms_core::{
    AuditFilter, Engine, ErrorKind, EventFilter, Extend, NewAssignments, NewExemptions,
    NewExtension, Unassigning,
};

use super::{assign, company, day, department, done, due, noon, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, entries, events};

on_both_engines! {
    a_department_is_assigned_and_the_counts_add_up,
    assigning_again_strengthens_and_never_doubles,
    a_plan_that_is_not_true_any_more_is_refused_by_name,
    what_cannot_be_assigned_is_refused_with_what_to_do,
    a_batch_is_taken_back_but_what_was_begun_stays,
    of_two_reasons_one_goes,
    an_extension_moves_this_due_day_only,
    who_is_exempt_is_not_asked,
    what_would_be_past_due_is_given_time_or_parked,
}

async fn a_department_is_assigned_and_the_counts_add_up(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "GDPR-101", &[]).await;
    let new = NewAssignments::to(department("Engineering"))
        .training("GDPR-101")
        .due(due("+30d", "2026-03-31"));
    let plan = lms.assignments().plan_assign(&lms.admin(), new.clone()).await.unwrap();
    assert_eq!(plan.n_people, 2);
    assert_eq!(plan.count(Outcome::Assigned), 2);
    let names: Vec<_> = plan.trainings[0].samples[0].people.iter().map(|one| &one.name).collect();
    assert_eq!(names, ["Ada Example", "Bo Example"]);
    assert_eq!(of(&lms, "Ada").await, Vec::<String>::new(), "a plan does nothing");

    assert_eq!(assign(&lms, new.clone()).await, "assigned 2");
    assert_eq!(of(&lms, "Ada").await, ["GDPR-101 mandatory assigned, due 2026-04-30"]);
    assert_eq!(of(&lms, "Cy").await, Vec::<String>::new());

    let told = events(&lms, EventFilter::new()).await;
    let assigned: Vec<_> =
        told.iter().filter(|one| one.event_type == "training.assigned").collect();
    assert_eq!(assigned.len(), 1, "one event, however many people");
    let newest = &entries(&lms, AuditFilter::new()).await[0];
    assert_eq!((newest.kind.as_str(), newest.counts["assigned"]), ("training.assigned", 2));

    // The same again: nobody is assigned twice, and nothing is recorded.
    let before = entries(&lms, AuditFilter::new()).await.len();
    let plan = lms.assignments().plan_assign(&lms.admin(), new).await.unwrap();
    let outcome = lms.assignments().assign(&lms.admin(), plan).await.unwrap();
    assert_eq!(outcome.operation, None);
    assert_eq!(entries(&lms, AuditFilter::new()).await.len(), before);

    // A weaker order changes nothing either, and is not carried out by looking at it.
    let again = NewAssignments::to(department("Engineering"))
        .training("GDPR-101")
        .due(due("+60d", "2026-03-31"))
        .kind(Kind::Optional);
    let plan = lms.assignments().plan_assign(&lms.admin(), again).await.unwrap();
    assert_eq!(plan.count(Outcome::AlreadyAssigned), 2);
    assert_eq!(entries(&lms, AuditFilter::new()).await.len(), before);
    assert_sound(&lms).await;
}

async fn assigning_again_strengthens_and_never_doubles(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let of_ada = |kind: Kind, by: &str| {
        NewAssignments::to(person("Ada")).training("A").kind(kind).due(due(by, "2026-03-31"))
    };
    assert_eq!(assign(&lms, of_ada(Kind::Optional, "2026-06-30")).await, "assigned 1");
    assert_eq!(assign(&lms, of_ada(Kind::Mandatory, "2026-07-31")).await, "strengthened 1");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-06-30"]);
    assert_eq!(assign(&lms, of_ada(Kind::Recommended, "2026-05-15")).await, "strengthened 1");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-05-15"]);

    done(&lms, "Ada", "A", "2026-03-30").await;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory completed, due 2026-05-15"]);
    let plan = of_ada(Kind::Mandatory, "2026-07-31");
    let plan = lms.assignments().plan_assign(&lms.admin(), plan).await.unwrap();
    assert_eq!(plan.count(Outcome::AlreadyComplete), 1);
    assert!(!plan.changes_anything());
    let again = of_ada(Kind::Mandatory, "2026-07-31").again(true);
    assert_eq!(assign(&lms, again).await, "assigned 1");
    assert_eq!(
        of(&lms, "Ada").await,
        ["A mandatory completed, due 2026-05-15", "A mandatory assigned, due 2026-07-31"]
    );
}

async fn a_plan_that_is_not_true_any_more_is_refused_by_name(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A");
    let plan = lms.assignments().plan_assign(&lms.admin(), new).await.unwrap();
    done(&lms, "Bo", "A", "2026-03-30").await;
    let stale = lms.assignments().assign(&lms.admin(), plan).await.unwrap_err();
    assert_eq!((stale.kind(), stale.code()), (ErrorKind::Stale, "plan.stale"));
    assert!(stale.message().contains("Bo Example"), "{stale}");
    assert!(!stale.message().contains("Ada"), "{stale}");
    assert_eq!(of(&lms, "Ada").await, Vec::<String>::new(), "nothing was done");
}

async fn what_cannot_be_assigned_is_refused_with_what_to_do(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "OLD", &[]).await;
    lms.catalog().archive(&lms.admin(), "OLD").await.unwrap();
    let to = |audience| NewAssignments::to(audience);
    for (new, kind, field) in [
        (to(department("ENG")).training("B"), ErrorKind::NotFound, "training"),
        (to(department("ENG")).training("OLD"), ErrorKind::Refused, "training"),
        (to(department("ENG")), ErrorKind::Invalid, "training"),
        (to(department("Engeneering")).training("A"), ErrorKind::NotFound, "department"),
        (
            to(department("ENG")).training("A").due(due("2026-03-01", "2026-03-31")),
            ErrorKind::Invalid,
            "due",
        ),
        (
            to(department("ENG")).training("A").due(due("after completing Z + 3d", "2026-03-31")),
            ErrorKind::NotFound,
            "due",
        ),
    ] {
        let error = lms.assignments().plan_assign(&lms.admin(), new).await.unwrap_err();
        assert_eq!((error.kind(), error.field()), (kind, Some(field)), "{error}");
        assert!(!error.hints().is_empty(), "{error}");
    }
}

async fn a_batch_is_taken_back_but_what_was_begun_stays(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A");
    assign(&lms, new).await;
    let batch = entries(&lms, AuditFilter::new()).await[0].recorded_at;
    done(&lms, "Bo", "A", "2026-03-31").await;
    let back = Unassigning::batch(batch);
    let plan = lms.assignments().plan_unassign(&lms.admin(), back.clone()).await.unwrap();
    assert_eq!((plan.count("cancelled"), plan.count("kept_started")), (1, 0));
    let outcome = lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    assert!(outcome.operation.is_some());
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory completed"]);
    // Once more: nothing is left to take back.
    let plan = lms.assignments().plan_unassign(&lms.admin(), back).await.unwrap();
    assert_eq!(plan.count("cancelled"), 0);
    let outcome = lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    assert_eq!(outcome.operation, None);
    // It can be assigned again.
    let new = NewAssignments::to(department("ENG")).training("A");
    assert_eq!(assign(&lms, new).await, "already_complete 1, assigned 1");
    assert_sound(&lms).await;
}

async fn of_two_reasons_one_goes(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let weak = NewAssignments::to(person("Ada")).training("A").kind(Kind::Recommended);
    assign(&lms, weak).await;
    let strong = NewAssignments::to(department("ENG")).training("A").due(due("+14d", "2026-03-31"));
    assert_eq!(assign(&lms, strong).await, "assigned 1, strengthened 1");
    let batch = entries(&lms, AuditFilter::new()).await[0].recorded_at;
    assert_eq!(of(&lms, "Ada").await, ["A mandatory due_soon, due 2026-04-14"]);
    let back = Unassigning::batch(batch);
    let plan = lms.assignments().plan_unassign(&lms.admin(), back).await.unwrap();
    assert_eq!((plan.count("cancelled"), plan.count("weakened")), (1, 1));
    lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A recommended assigned"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory cancelled, due 2026-04-14"]);
}

async fn an_extension_moves_this_due_day_only(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+14d", "2026-03-31"));
    assign(&lms, new).await;
    let later = NewExtension::of("A", person("Ada"), Extend::Until(day("2026-05-01")));
    let plan = lms.assignments().plan_extend(&lms.admin(), later.clone()).await.unwrap();
    assert_eq!((plan.n_people, plan.n_extended), (1, 1));
    lms.assignments().extend(&lms.admin(), plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-05-01"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory due_soon, due 2026-04-14"]);
    let again = lms.assignments().plan_extend(&lms.admin(), later).await.unwrap();
    assert_eq!((again.n_extended, again.n_later), (0, 1));
    let everybody = NewExtension::of("A", department("Sales"), Extend::By(7));
    let plan = lms.assignments().plan_extend(&lms.admin(), everybody).await.unwrap();
    assert_eq!((plan.n_extended, plan.n_without), (0, 2));
}

async fn who_is_exempt_is_not_asked(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let exempt = NewExemptions::from_training("A", person("Bo"), "certified elsewhere")
        .until(day("2026-06-30"));
    let plan = lms.assignments().plan_exempt(&lms.admin(), exempt).await.unwrap();
    assert_eq!((plan.n_people, plan.n_assigned), (1, 0));
    let granted = lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
    let new = NewAssignments::to(department("ENG")).training("A").due(due("+20d", "2026-03-31"));
    assert_eq!(assign(&lms, new.clone()).await, "assigned 1, exempt 1");

    // Who is exempted while it is open is not asked meanwhile, and has the time that was left.
    let exempt =
        NewExemptions::from_training("A", person("Ada"), "on a project").until(day("2026-04-30"));
    let plan = lms.assignments().plan_exempt(&lms.admin(), exempt).await.unwrap();
    assert_eq!(plan.n_assigned, 1);
    lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["A mandatory exempt, due 2026-05-21"]);
    noon(&lms, "2026-05-02");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory assigned, due 2026-05-21"]);

    lms.assignments().revoke_exemption(&lms.admin(), granted.exemptions[0], None).await.unwrap();
    let new = NewAssignments::to(person("Bo")).training("A");
    assert_eq!(assign(&lms, new).await, "assigned 1");
}

async fn what_would_be_past_due_is_given_time_or_parked(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let after_hire =
        |who| NewAssignments::to(who).training("A").due(due("after hire + 14d", "2026-03-31"));
    assert_eq!(assign(&lms, after_hire(person("Di"))).await, "assigned 1");
    assert_eq!(of(&lms, "Di").await, ["A mandatory due_soon, due 2026-04-03"]);
    let parked = after_hire(person("Cy")).on_past_due(OnPastDue::Park);
    assert_eq!(assign(&lms, parked).await, "parked 1");
    assert_eq!(of(&lms, "Cy").await, Vec::<String>::new());
    let waiting = lms
        .assignments()
        .exceptions(&lms.admin(), lms_core::ExceptionFilter::new())
        .await
        .unwrap()
        .items;
    assert_eq!((waiting.len(), waiting[0].because.as_str()), (1, "past_due"));
    let decided = lms_core::Resolution::Assign(Some(day("2026-05-05")));
    lms.assignments().resolve_exception(&lms.admin(), waiting[0].id, decided).await.unwrap();
    assert_eq!(of(&lms, "Cy").await, ["A mandatory assigned, due 2026-05-05"]);
    let again = lms.assignments().resolve_exception(&lms.admin(), waiting[0].id, decided).await;
    assert_eq!(again.unwrap(), None);

    assert_eq!(assign(&lms, after_hire(person("Bo"))).await, "assigned 1");
    assert_eq!(of(&lms, "Bo").await, ["A mandatory due_soon, due 2026-04-14"]);
}
