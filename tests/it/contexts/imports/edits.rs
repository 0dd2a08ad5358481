//! What somebody set by hand stays until it is released.

use lms_core::{Engine, PersonChange, PersonField, PersonStatus};

use super::{company, counts, csv, day, from_hr, import, person, row};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    an_edit_is_kept_and_shown_until_it_is_released,
    an_employment_that_was_ended_by_hand_stays_ended,
    empty_cells_leave_alone_what_is_there,
    what_belongs_to_another_source_stays,
}

async fn an_edit_is_kept_and_shown_until_it_is_released(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,,,", "2,b@x.org,Bo,Baker,ENG,,,"]);
    import(&lms, from_hr(), &file).await;
    let change = PersonChange::new().set(PersonField::Department, "SALES");
    lms.people().edit(&lms.admin(), "1", change).await.unwrap();
    for _ in 0..2 {
        let done = import(&lms, from_hr(), &file).await;
        assert_eq!(counts(&done.plan), [("unchanged", 2), ("kept_edit", 1)]);
        let kept = &row(&done.plan, 2).kept[0];
        assert_eq!((kept.field.as_str(), kept.delivered.as_deref()), ("department", Some("ENG")));
        assert!(kept.pinned_at.is_some());
    }
    assert_eq!(person(&lms, "1").await.department.as_deref(), Some("SALES"));
    // The source comes to say the same: nothing is kept any more.
    let agreed = file.replacen("ENG", "SALES", 1);
    let done = import(&lms, from_hr(), &agreed).await;
    assert_eq!(done.plan.counts.kept_edit, 0);
    let done = import(&lms, from_hr().release_edits(), &file).await;
    assert_eq!(counts(&done.plan), [("move", 1), ("unchanged", 1)]);
    assert_eq!(person(&lms, "1").await.department.as_deref(), Some("ENG"));
    assert_sound(&lms).await;
}

async fn an_employment_that_was_ended_by_hand_stays_ended(engine: Engine) {
    let lms = company(engine).await;
    let file = csv(&["1,a@x.org,Ada,Lovelace,ENG,,2020-01-01,active"]);
    import(&lms, from_hr(), &file).await;
    lms.people().deactivate(&lms.admin(), "1", day("2026-03-15"), None).await.unwrap();
    let done = import(&lms, from_hr(), &file).await;
    assert_eq!(counts(&done.plan), [("unchanged", 1), ("kept_edit", 1)]);
    assert_eq!(row(&done.plan, 2).kept[0].field, "employment");
    assert_eq!(person(&lms, "1").await.status, PersonStatus::Inactive);
    let done = import(&lms, from_hr().release_edits(), &file).await;
    assert_eq!(counts(&done.plan), [("reactivate", 1)]);
    assert_eq!(person(&lms, "1").await.status, PersonStatus::Active);
}

async fn empty_cells_leave_alone_what_is_there(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &csv(&["1,a@x.org,Ada,Lovelace,ENG,,2020-01-01,active"])).await;
    let done = import(&lms, from_hr(), &csv(&["1,,Ada,Lovelace,,,,"])).await;
    assert_eq!(counts(&done.plan), [("unchanged", 1)]);
    let ada = person(&lms, "1").await;
    assert_eq!((ada.email.as_deref(), ada.department.as_deref()), (Some("a@x.org"), Some("ENG")));
}

async fn what_belongs_to_another_source_stays(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, from_hr(), &csv(&["1,a@x.org,Ada,Lovelace,ENG,,,"])).await;
    let other = lms_core::PeopleImport::from_source("directory").unwrap();
    let file =
        "employee_number,first_name,last_name,department,job_title\n1,Ada,Lovelace,SALES,Lead\n";
    let done = import(&lms, other, file).await;
    let told = row(&done.plan, 2);
    assert_eq!(told.kept.len(), 1, "{told:?}");
    assert_eq!((told.kept[0].field.as_str(), told.kept[0].owner.as_str()), ("department", "hr"));
    let ada = person(&lms, "1").await;
    assert_eq!((ada.department.as_deref(), ada.job_title.as_deref()), (Some("ENG"), Some("Lead")));
}
