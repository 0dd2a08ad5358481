//! Who hears of it when somebody is overdue.

use lms_core::testkit::TestLms;
use lms_core::{
    Appointment, Engine, NewAssignments, NoticeFilter, NoticeType, PersonChange, PersonField,
};

use super::super::{assign, company, day, department, done, due, training};
use super::{counted, night, nightly, sweep, told};
use crate::support::engines::on_both_engines;

on_both_engines! {
    a_manager_gets_one_notice_for_all,
    the_head_hears_of_it_later_and_the_deputy_in_their_place,
    whoever_is_away_or_gone_is_passed_over,
    what_was_done_in_between_does_not_go_up,
}

async fn reports_to(lms: &TestLms, name: &str, manager: &str) {
    let manager = format!("{manager}@example.com");
    let change = PersonChange::new().set(PersonField::Manager, &manager);
    lms.people().edit(&lms.admin(), &format!("{name}@example.com"), change).await.unwrap();
}

/// Two trainings overdue since 2026-04-21, for Ada and Bo.
async fn overdue(lms: &TestLms) {
    for code in ["A", "B"] {
        training(lms, code, &[]).await;
        let new = NewAssignments::to(department("ENG")).training(code).grace_days(0);
        assign(lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    }
}

/// The escalations that somebody got: subject and body.
async fn heard(lms: &TestLms, name: &str) -> Vec<String> {
    let filter = NoticeFilter::new()
        .person(&format!("{name}@example.com"))
        .notice_type(NoticeType::Escalation)
        .limit(100);
    let page = lms.notifications().list(&lms.admin(), filter).await.unwrap();
    let told = |one: &lms_core::Notice| format!("{} {}: {}", one.day, one.subject, one.body);
    let mut heard: Vec<String> = page.items.iter().map(told).collect();
    heard.reverse();
    heard
}

async fn a_manager_gets_one_notice_for_all(engine: Engine) {
    let lms = company(engine).await;
    overdue(&lms).await;
    reports_to(&lms, "ada", "cy").await;
    reports_to(&lms, "bo", "cy").await;
    let nights = nightly(&lms, "2026-04-27", "2026-05-04").await;
    assert!(nights.contains(&"2026-04-28: digests 1, escalated 4".to_owned()), "{nights:?}");
    assert_eq!(
        heard(&lms, "cy").await,
        [
            "2026-04-28 2 people are overdue: Please see to it: Ada Example (A, B), Bo Example (A, B)."
        ]
    );
    // Cy is not overdue, and is told nothing else.
    assert_eq!(told(&lms, "Cy").await.len(), 1);
    // On the same day again: nothing.
    night(&lms, "2026-05-04");
    assert!(sweep(&lms).await.is_empty());
}

async fn the_head_hears_of_it_later_and_the_deputy_in_their_place(engine: Engine) {
    let lms = company(engine).await;
    overdue(&lms).await;
    reports_to(&lms, "ada", "cy").await;
    reports_to(&lms, "bo", "cy").await;
    // Bo leads the department, and is overdue as well; of Bo it is the deputy who hears.
    let appointment = Appointment::new("ENG").head("bo@example.com").deputy("di@example.com");
    lms.people().appoint(&lms.admin(), vec![appointment]).await.unwrap();
    nightly(&lms, "2026-04-27", "2026-05-20").await;
    assert_eq!(
        heard(&lms, "bo").await,
        ["2026-05-05 1 person is overdue: Please see to it: Ada Example (A, B)."]
    );
    assert_eq!(
        heard(&lms, "di").await,
        ["2026-05-05 1 person is overdue: Please see to it: Bo Example (A, B)."]
    );
    assert_eq!(heard(&lms, "cy").await.len(), 1);
}

async fn whoever_is_away_or_gone_is_passed_over(engine: Engine) {
    let lms = company(engine).await;
    overdue(&lms).await;
    reports_to(&lms, "ada", "bo").await;
    reports_to(&lms, "bo", "cy").await;
    // Bo goes on leave: the clock of what is overdue rests, and whoever is above hears of Ada.
    let from = day("2026-04-25");
    lms.people().add_leave(&lms.admin(), "bo@example.com", from, None, None).await.unwrap();
    night(&lms, "2026-04-28");
    sweep(&lms).await;
    assert_eq!(heard(&lms, "bo").await, Vec::<String>::new());
    assert_eq!(
        heard(&lms, "cy").await,
        ["2026-04-28 1 person is overdue: Please see to it: Ada Example (A, B)."]
    );
    // Back from leave, what rested goes on.
    lms.people().end_leave(&lms.admin(), "bo@example.com", day("2026-05-09")).await.unwrap();
    night(&lms, "2026-05-10");
    assert_eq!(counted(&sweep(&lms).await), "digests 2, escalated 6, reminded 4");
    assert_eq!(heard(&lms, "cy").await.len(), 2);
}

async fn what_was_done_in_between_does_not_go_up(engine: Engine) {
    let lms = company(engine).await;
    overdue(&lms).await;
    reports_to(&lms, "ada", "cy").await;
    nightly(&lms, "2026-04-21", "2026-04-27").await;
    night(&lms, "2026-04-28");
    for code in ["A", "B"] {
        done(&lms, "Ada", code, "2026-04-28").await;
    }
    assert_eq!(counted(&sweep(&lms).await), "digests 1, escalated 2", "of Bo");
    assert_eq!(heard(&lms, "cy").await, Vec::<String>::new());
}
