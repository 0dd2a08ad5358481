//! Learning paths that people are given: what they choose of them, and when they are at the end.

use lms_core::{Engine, EventFilter, NewAssignments, NewPath, PathStep};

use super::{assign, company, department, done, due, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, events};

on_both_engines! {
    enough_electives_are_enough,
    what_was_begun_stays,
    a_path_may_lead_to_what_is_done_already,
    who_was_given_the_trainings_alone_is_on_no_path,
}

/// Everybody does A; then any two of B, C and D.
async fn first_weeks(engine: Engine) -> lms_core::testkit::TestLms {
    let lms = company(engine).await;
    for code in ["A", "B", "C", "D"] {
        training(&lms, code, &[]).await;
    }
    let new = NewPath::new("FIRST-WEEKS", "Your first weeks")
        .step(PathStep::required("A"))
        .step(PathStep::elective(2, ["B", "C", "D"]));
    lms.paths().add(&lms.admin(), new).await.unwrap();
    lms.paths().publish(&lms.admin(), "FIRST-WEEKS").await.unwrap();
    lms
}

/// Who came to the end of it, by the events.
async fn arrivals(lms: &lms_core::testkit::TestLms) -> usize {
    let told = events(lms, EventFilter::new().event_type("path.completed")).await;
    told.iter().map(|event| event.body["data"]["person_ids"].as_array().unwrap().len()).sum()
}

async fn enough_electives_are_enough(engine: Engine) {
    let lms = first_weeks(engine).await;
    let new = NewAssignments::to(department("ENG")).path("FIRST-WEEKS");
    let told = assign(&lms, new.due(due("+30d", "2026-03-31"))).await;
    assert_eq!(told, "assigned 2; assigned 2; assigned 2; assigned 2");
    assert_eq!(
        of(&lms, "Ada").await,
        [
            "A mandatory assigned, due 2026-04-30",
            "B optional assigned",
            "C optional assigned",
            "D optional assigned"
        ]
    );
    done(&lms, "Ada", "B", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await[2..], ["C optional assigned", "D optional assigned"]);
    done(&lms, "Ada", "D", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await[2], "C optional cancelled", "two of three are done");
    assert_eq!(arrivals(&lms).await, 0, "A is still to be done");
    done(&lms, "Ada", "A", "2026-03-31").await;
    assert_eq!(arrivals(&lms).await, 1);
    assert_eq!(of(&lms, "Bo").await[1], "B optional assigned");
    // Once more changes nothing about the path.
    done(&lms, "Ada", "B", "2026-03-31").await;
    assert_eq!(arrivals(&lms).await, 1);
    assert_sound(&lms).await;
}

async fn what_was_begun_stays(engine: Engine) {
    let lms = first_weeks(engine).await;
    assign(&lms, NewAssignments::to(person("Ada")).path("FIRST-WEEKS")).await;
    lms.progress().start(&lms.admin(), Some("ada@example.com"), "C").await.unwrap();
    done(&lms, "Ada", "B", "2026-03-31").await;
    done(&lms, "Ada", "D", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await[2], "C optional in_progress");
}

async fn a_path_may_lead_to_what_is_done_already(engine: Engine) {
    let lms = first_weeks(engine).await;
    for code in ["A", "C"] {
        done(&lms, "Ada", code, "2026-03-30").await;
    }
    let new = NewAssignments::to(person("Ada")).path("FIRST-WEEKS");
    let told = assign(&lms, new).await;
    assert_eq!(told, "already_complete 1; assigned 1; already_complete 1; assigned 1");
    done(&lms, "Ada", "D", "2026-03-31").await;
    assert_eq!(of(&lms, "Ada").await, ["B optional cancelled", "D optional completed"]);
    assert_eq!(arrivals(&lms).await, 1);
    // Taken back as it was done: the elective is there again.
    let newest = lms.batches().list(&lms.admin(), lms_core::BatchFilter::new()).await.unwrap();
    let batch = newest.items[0].operation_id.to_string();
    let plan = lms.batches().plan_undo(&lms.admin(), &batch).await.unwrap();
    lms.batches().undo(&lms.admin(), plan).await.unwrap();
    assert_eq!(of(&lms, "Ada").await, ["B optional assigned", "D optional assigned"]);
    assert_sound(&lms).await;
}

async fn who_was_given_the_trainings_alone_is_on_no_path(engine: Engine) {
    let lms = first_weeks(engine).await;
    let new = ["A", "B", "C", "D"]
        .iter()
        .fold(NewAssignments::to(person("Ada")), |new, code| new.training(code));
    assign(&lms, new).await;
    for code in ["A", "B", "C"] {
        done(&lms, "Ada", code, "2026-03-31").await;
    }
    assert_eq!(of(&lms, "Ada").await[3], "D mandatory assigned");
    assert_eq!(arrivals(&lms).await, 0);
}
