//! Whoever is in no file any more: only of a whole one, only after two, and never by a row that was
//! rejected.

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{Engine, NewAccount, NewPerson, PeopleImport, PersonField, PersonStatus, RowEffect};

use super::{company, counts, csv, day, from_hr, full, import, person, row, try_import};
use crate::support::engines::on_both_engines;
use crate::support::looks::assert_sound;

on_both_engines! {
    somebody_is_gone_after_two_whole_files_without_them,
    whoever_comes_back_is_counted_anew,
    only_people_of_the_source_are_missing,
    a_rejected_row_is_present,
    rows_that_say_nothing_of_whom_stop_the_counting,
    those_who_run_the_system_are_never_deactivated,
    files_of_changes_deactivate_nobody,
}

fn watching() -> PeopleImport {
    full().deactivate_missing(None).unwrap()
}

const BOTH: [&str; 2] = ["1,a@x.org,Ada,Lovelace,,,,", "2,b@x.org,Bo,Baker,,,,"];
const ADA: [&str; 1] = ["1,a@x.org,Ada,Lovelace,,,,"];

async fn next_day(lms: &TestLms) {
    lms.clock().advance(Duration::from_secs(86_400));
}

async fn somebody_is_gone_after_two_whole_files_without_them(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, watching(), &csv(&BOTH)).await;
    next_day(&lms).await;
    let once = import(&lms, watching(), &csv(&ADA)).await;
    assert_eq!(counts(&once.plan), [("unchanged", 1), ("missing", 1)]);
    assert_eq!(person(&lms, "2").await.status, PersonStatus::Active);
    next_day(&lms).await;
    let twice = import(&lms, watching(), &csv(&ADA)).await;
    assert_eq!(counts(&twice.plan), [("deactivate", 1), ("unchanged", 1), ("missing", 1)]);
    assert_eq!(twice.plan.rows[0].row, None);
    assert_eq!(twice.plan.rows[0].name, "Bo Baker");
    assert_eq!(person(&lms, "2").await.terminated_on, Some(day("2026-04-02")));
    next_day(&lms).await;
    let again = import(&lms, watching(), &csv(&ADA)).await;
    assert_eq!(again.operation, None);
    let back = import(&lms, watching(), &csv(&BOTH)).await;
    assert_eq!(counts(&back.plan), [("reactivate", 1), ("unchanged", 1)]);
    assert_eq!(person(&lms, "2").await.status, PersonStatus::Active);
    assert_sound(&lms).await;
}

async fn whoever_comes_back_is_counted_anew(engine: Engine) {
    let lms = company(engine).await;
    for lines in [&BOTH[..], &ADA[..], &BOTH[..], &ADA[..]] {
        import(&lms, watching(), &csv(lines)).await;
        next_day(&lms).await;
    }
    assert_eq!(person(&lms, "2").await.status, PersonStatus::Active, "never twice in a row");
    let at_once = full().deactivate_missing(Some(1)).unwrap();
    let done = import(&lms, at_once, &csv(&ADA)).await;
    assert_eq!(done.plan.counts.deactivate, 1);
}

async fn only_people_of_the_source_are_missing(engine: Engine) {
    let lms = company(engine).await;
    let other = PeopleImport::from_source("payroll").unwrap();
    import(&lms, other, &csv(&["9,z@x.org,Zoe,Zorn,,,,"])).await;
    let by_hand = NewPerson::new("Al", "Hand").set(PersonField::EmployeeNumber, "8");
    lms.people().add(&lms.admin(), vec![by_hand]).await.unwrap();
    let at_once = || full().deactivate_missing(Some(1)).unwrap();
    import(&lms, at_once(), &csv(&BOTH)).await;
    let done = import(&lms, at_once(), &csv(&BOTH)).await;
    assert_eq!(counts(&done.plan), [("unchanged", 2)]);
    assert_eq!(person(&lms, "9").await.status, PersonStatus::Active);
    assert_eq!(person(&lms, "8").await.status, PersonStatus::Active);
}

async fn a_rejected_row_is_present(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, watching(), &csv(&BOTH)).await;
    for _ in 0..3 {
        next_day(&lms).await;
        let broken = csv(&[ADA[0], "2,b@x.org,Bo,Baker,Nowhere,,,"]);
        let done = import(&lms, watching(), &broken).await;
        assert_eq!(counts(&done.plan), [("unchanged", 1), ("rejected", 1)]);
        next_day(&lms).await;
        let unread = csv(&[ADA[0], "2,b@x.org,Bo,Baker,,,someday,"]);
        let done = import(&lms, watching(), &unread).await;
        assert_eq!(counts(&done.plan), [("unchanged", 1), ("rejected", 1)], "{:?}", done.plan.rows);
    }
    assert_eq!(person(&lms, "2").await.status, PersonStatus::Active);
}

async fn rows_that_say_nothing_of_whom_stop_the_counting(engine: Engine) {
    let lms = company(engine).await;
    import(&lms, watching(), &csv(&BOTH)).await;
    for _ in 0..3 {
        next_day(&lms).await;
        let broken = csv(&[ADA[0], ",,Bo,Baker,,,someday,"]);
        let done = import(&lms, watching(), &broken).await;
        let told = done.plan.warnings.last().unwrap();
        assert!(told.contains("do not say whom they are about"), "{:?}", done.plan.warnings);
        assert_eq!(done.plan.counts.missing, 0);
    }
    assert_eq!(person(&lms, "2").await.status, PersonStatus::Active);
}

async fn those_who_run_the_system_are_never_deactivated(engine: Engine) {
    let lms = company(engine).await;
    let at_once = || full().deactivate_missing(Some(1)).unwrap();
    import(&lms, at_once(), &csv(&BOTH)).await;
    let account = NewAccount::new("bo").role("admin");
    lms.people().add_account_for(&lms.admin(), "2", account).await.unwrap();
    let done = import(&lms, at_once(), &csv(&ADA)).await;
    assert_eq!(done.plan.counts.deactivate, 0);
    let told = &done.plan.rows[0];
    assert_eq!(told.problems[0].code, "import.protected_person");
    let gone = csv(&[ADA[0], "2,b@x.org,Bo,Baker,SALES,,,inactive"]);
    let done = import(&lms, from_hr(), &gone).await;
    assert_eq!(row(&done.plan, 3).effect, RowEffect::Move, "the rest of the row lands");
    assert_eq!(person(&lms, "2").await.status, PersonStatus::Active);
}

async fn files_of_changes_deactivate_nobody(engine: Engine) {
    let lms = company(engine).await;
    let refused = try_import(&lms, from_hr().deactivate_missing(None).unwrap(), &csv(&BOTH)).await;
    let refused = refused.unwrap_err();
    assert!(refused.hints()[0].contains("--mode full"), "{refused}");
    for _ in 0..3 {
        import(&lms, from_hr(), &csv(&BOTH)).await;
        let done = import(&lms, from_hr(), &csv(&ADA)).await;
        assert_eq!(done.plan.counts.missing, 0);
    }
}
