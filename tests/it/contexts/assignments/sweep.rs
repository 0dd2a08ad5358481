//! The nightly pass: what it does as days go by, whom it tells, and that it does each thing once.

mod chance;
mod escalations;
mod ruled;
mod snapshots;
mod stopped;

use std::time::Duration;

use lms_core::testkit::TestLms;
use lms_core::{
    Engine, ErrorKind, Event, EventFilter, ExemptionFilter, Extend, JobState, NewAssignments,
    NewExemptions, NewExtension, NoticeFilter, PersonChange, PersonField, SweepOptions,
    SweepOutcome, SweepStep, Timestamp,
};

use super::{assign, company, day, department, done, due, of, person, training};
use crate::support::engines::on_both_engines;
use crate::support::looks::{assert_sound, head};
use crate::support::raw::Raw;

on_both_engines! {
    each_thing_is_told_on_its_day_and_once,
    nights_that_were_missed_are_caught_up,
    nobody_is_reminded_of_what_they_need_not_do,
    an_extension_is_reminded_of_anew,
    everybody_has_their_own_day,
    an_exemption_is_warned_of_before_it_ends,
    who_leaves_by_a_day_that_was_named_before_has_nothing_open_then,
    a_leave_that_was_entered_before_is_met_on_its_day,
    one_step_alone_leaves_the_others_for_later,
    a_dry_run_says_what_a_run_does,
    a_day_to_come_is_refused_and_a_day_past_is_empty,
    only_one_runs_at_a_time,
    a_run_that_died_is_noted_and_the_next_goes_on,
    a_run_that_failed_is_told,
    a_leap_day_and_the_change_of_the_clocks_are_days_as_any,
    what_somebody_changes_before_the_night_is_not_lost,
}

/// Two in the morning of a day.
pub(super) fn night(lms: &TestLms, day: &str) {
    lms.clock().set(Timestamp::parse(&format!("{day}T02:00:00Z")).unwrap());
}

pub(super) async fn sweep(lms: &TestLms) -> SweepOutcome {
    sweep_with(lms, SweepOptions::new()).await
}

pub(super) async fn sweep_with(lms: &TestLms, options: SweepOptions) -> SweepOutcome {
    lms.clock().advance(Duration::from_secs(1));
    lms.sweep().run(&lms.admin(), options, &mut |_, _| ()).await.unwrap()
}

/// What a run did, as `assigned 2, late 1`.
pub(super) fn counted(outcome: &SweepOutcome) -> String {
    let is_work = |name: &str| name != "looked_at" && name != "snapshots";
    let some = outcome.counts.iter().filter(|(name, count)| **count != 0 && is_work(name));
    some.map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// A sweep each night from one day to another, and what they did, but for nights without anything.
async fn nightly(lms: &TestLms, from: &str, until: &str) -> Vec<String> {
    let (mut on, until, mut told) = (day(from), day(until), Vec::new());
    while on <= until {
        night(lms, &on.to_string());
        let outcome = sweep(lms).await;
        if !outcome.is_empty() {
            told.push(format!("{on}: {}", counted(&outcome)));
        }
        on = on.next();
    }
    told
}

/// What somebody was told, the oldest first: `2026-04-06 A is due in 14 days`.
pub(super) async fn told(lms: &TestLms, name: &str) -> Vec<String> {
    let address = format!("{}@example.com", name.to_lowercase());
    let filter = NoticeFilter::new().person(&address).limit(500);
    let page = lms.notifications().list(&lms.admin(), filter).await.unwrap();
    let mut told: Vec<String> =
        page.items.iter().map(|one| format!("{} {}", one.day, one.subject)).collect();
    told.reverse();
    told
}

/// The events of a kind: on which day, how many people.
pub(super) async fn happened(lms: &TestLms, event: &str) -> Vec<(String, usize)> {
    let mut cursor: Option<String> = None;
    let mut found = Vec::new();
    loop {
        let filter = EventFilter::new().event_type(event).page(500, cursor.as_deref());
        let page = lms.events().list(&lms.admin(), filter).await.unwrap();
        let of = |event: &Event| {
            let data = &event.body["data"];
            let day = data["day"].as_str().unwrap_or("-").to_owned();
            (day, data["person_ids"].as_array().map_or(0, Vec::len))
        };
        found.extend(page.items.iter().map(of));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}

async fn each_thing_is_told_on_its_day_and_once(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").grace_days(5);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    assert_eq!(
        nightly(&lms, "2026-04-01", "2026-05-12").await,
        [
            "2026-04-06: reminded 2",
            "2026-04-13: reminded 2",
            "2026-04-19: reminded 2",
            "2026-04-21: late 2, reminded 2",
            "2026-04-26: overdue 2",
            "2026-04-27: reminded 2",
            // Nobody has a manager or leads a department: those who run the system are told.
            "2026-05-03: digests 1, escalated 2",
            "2026-05-04: reminded 2",
            "2026-05-10: digests 1, escalated 2",
            "2026-05-11: reminded 2",
        ]
    );
    assert_eq!(
        told(&lms, "Ada").await,
        [
            "2026-04-06 A is due in 14 days",
            "2026-04-13 A is due in 7 days",
            "2026-04-19 A is due in 1 day",
            "2026-04-21 A was due 1 day ago",
            "2026-04-27 A was due 7 days ago",
            "2026-05-04 A was due 14 days ago",
            "2026-05-11 A was due 21 days ago",
        ]
    );
    assert_eq!(happened(&lms, "training.late").await, [("2026-04-21".to_owned(), 2)]);
    assert_eq!(happened(&lms, "training.overdue").await, [("2026-04-26".to_owned(), 2)]);
    assert_sound(&lms).await;
}

async fn nights_that_were_missed_are_caught_up(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").grace_days(5);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    night(&lms, "2026-05-12");
    let before = head(&lms).await.seq;
    let outcome = sweep(&lms).await;
    // Of the reminders the latest; of what goes up, all levels at once, in one notice.
    assert_eq!(counted(&outcome), "digests 1, escalated 4, late 2, overdue 2, reminded 2");
    assert_eq!(told(&lms, "Ada").await, ["2026-05-12 A was due 22 days ago"]);
    assert_eq!(happened(&lms, "training.late").await, [("2026-04-21".to_owned(), 2)]);
    assert_eq!(happened(&lms, "training.overdue").await, [("2026-04-26".to_owned(), 2)]);
    let after = head(&lms).await.seq;
    assert!(after > before);
    // Again, also of everybody: nothing.
    assert!(sweep(&lms).await.is_empty());
    let full = sweep_with(&lms, SweepOptions::new().full(true)).await;
    assert_eq!((counted(&full).as_str(), full.counts["looked_at"]), ("", 2));
    assert_eq!(head(&lms).await.seq, after);
    // The next reminder is the next in the row.
    assert_eq!(nightly(&lms, "2026-05-13", "2026-05-18").await, ["2026-05-18: reminded 2"]);
}

async fn nobody_is_reminded_of_what_they_need_not_do(engine: Engine) {
    let lms = company(engine).await;
    for code in ["DONE", "EXEMPT", "GONE", "AWAY", "NEVER", "NICE"] {
        training(&lms, code, &[]).await;
    }
    let on = || due("2026-04-20", "2026-03-31");
    for code in ["DONE", "EXEMPT", "GONE"] {
        assign(&lms, NewAssignments::to(person("Ada")).training(code).due(on())).await;
    }
    assign(&lms, NewAssignments::to(person("Bo")).training("AWAY").due(on())).await;
    let kind = lms_core::engine::Kind::Recommended;
    let new = NewAssignments::to(person("Cy")).training("NICE").kind(kind).due(on());
    assign(&lms, new).await;
    assign(&lms, NewAssignments::to(person("Cy")).training("NEVER")).await;
    done(&lms, "Ada", "DONE", "2026-03-31").await;
    let new = NewExemptions::from_training("EXEMPT", person("Ada"), "has a licence");
    let plan = lms.assignments().plan_exempt(&lms.admin(), new).await.unwrap();
    lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
    let unassign = lms_core::Unassigning::of(["GONE"], person("Ada"));
    let plan = lms.assignments().plan_unassign(&lms.admin(), unassign).await.unwrap();
    lms.assignments().unassign(&lms.admin(), plan).await.unwrap();
    let from = day("2026-03-31");
    lms.people().add_leave(&lms.admin(), "bo@example.com", from, None, None).await.unwrap();
    nightly(&lms, "2026-04-01", "2026-05-20").await;
    assert_eq!(told(&lms, "Ada").await, Vec::<String>::new());
    assert_eq!(told(&lms, "Bo").await, Vec::<String>::new());
    // What is recommended is reminded of, and nobody else hears of it.
    let nice = told(&lms, "Cy").await;
    assert_eq!(nice.len(), 8, "{nice:?}");
    assert!(nice.iter().all(|one| one.contains("NICE")), "{nice:?}");
    assert_eq!(happened(&lms, "training.overdue").await.len(), 1);
    let runs = lms.job_runs().last_runs(&lms.admin()).await.unwrap();
    assert_eq!(runs[0].last.counts["escalated"], 0);
}

async fn an_extension_is_reminded_of_anew(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Ada")).training("A");
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    nightly(&lms, "2026-04-01", "2026-04-14").await;
    let new = NewExtension::of("A", person("Ada"), Extend::Until(day("2026-04-30")));
    let plan = lms.assignments().plan_extend(&lms.admin(), new).await.unwrap();
    lms.assignments().extend(&lms.admin(), plan).await.unwrap();
    nightly(&lms, "2026-04-15", "2026-05-01").await;
    assert_eq!(
        told(&lms, "Ada").await,
        [
            "2026-04-06 A is due in 14 days",
            "2026-04-13 A is due in 7 days",
            "2026-04-16 A is due in 14 days",
            "2026-04-23 A is due in 7 days",
            "2026-04-29 A is due in 1 day",
            "2026-05-01 A was due 1 day ago",
        ]
    );
}

async fn everybody_has_their_own_day(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    for (name, zone) in [("ada", "Pacific/Auckland"), ("bo", "Pacific/Honolulu")] {
        let change = PersonChange::new().set(PersonField::TimeZone, zone);
        let address = format!("{name}@example.com");
        lms.people().edit(&lms.admin(), &address, change).await.unwrap();
    }
    let new = NewAssignments::to(department("ENG")).training("A").grace_days(0);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    let at = |time: &str| lms.clock().set(Timestamp::parse(time).unwrap());
    at("2026-04-20T02:00:00Z");
    sweep(&lms).await;
    // It is the 21st in Auckland since noon, and in Honolulu ten hours after midnight here.
    at("2026-04-20T11:59:00Z");
    assert_eq!(counted(&sweep(&lms).await), "");
    at("2026-04-20T12:00:00Z");
    assert_eq!(counted(&sweep(&lms).await), "overdue 1, reminded 1");
    assert_eq!(told(&lms, "Ada").await.last().unwrap(), "2026-04-21 A was due 1 day ago");
    at("2026-04-21T09:59:00Z");
    assert_eq!(counted(&sweep(&lms).await), "");
    at("2026-04-21T10:00:00Z");
    assert_eq!(counted(&sweep(&lms).await), "overdue 1, reminded 1");
    let on = "2026-04-21".to_owned();
    assert_eq!(happened(&lms, "training.overdue").await, [(on.clone(), 1), (on, 1)]);
}

async fn an_exemption_is_warned_of_before_it_ends(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewExemptions::from_training("A", department("ENG"), "on a project")
        .until(day("2026-05-31"));
    let plan = lms.assignments().plan_exempt(&lms.admin(), new).await.unwrap();
    lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
    // Nothing is assigned: the exemption alone is told of.
    assert_eq!(
        nightly(&lms, "2026-04-01", "2026-06-10").await,
        ["2026-05-18: exemption_ending 2", "2026-06-01: exemption_ended 2"]
    );
    assert_eq!(told(&lms, "Ada").await, ["2026-05-18 Your exemption from A ends soon"]);
    assert_eq!(happened(&lms, "exemption.ending").await, [("2026-05-18".to_owned(), 2)]);
    assert_eq!(happened(&lms, "exemption.ended").await, [("2026-06-01".to_owned(), 2)]);
    // One that ends before anybody looked is told of as ended, and nobody is warned.
    let new = NewExemptions::from_training("A", person("Cy"), "ill").from(day("2026-06-10"));
    let plan =
        lms.assignments().plan_exempt(&lms.admin(), new.until(day("2026-06-12"))).await.unwrap();
    lms.assignments().exempt(&lms.admin(), plan).await.unwrap();
    night(&lms, "2026-06-20");
    assert_eq!(counted(&sweep(&lms).await), "exemption_ended 1, exemption_ending 1");
    assert_eq!(told(&lms, "Cy").await, Vec::<String>::new());
    let filter = ExemptionFilter::new().ended(true);
    assert_eq!(lms.assignments().exemptions(&lms.admin(), filter).await.unwrap().items.len(), 3);
}

async fn who_leaves_by_a_day_that_was_named_before_has_nothing_open_then(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    assign(&lms, NewAssignments::to(department("ENG")).training("A")).await;
    night(&lms, "2026-04-01");
    sweep(&lms).await;
    let last = Some(day("2026-04-15"));
    lms.people().deactivate(&lms.admin(), "ada@example.com", last, None).await.unwrap();
    assert_eq!(nightly(&lms, "2026-04-02", "2026-04-20").await, ["2026-04-16: left 1"]);
    assert_eq!(of(&lms, "Ada").await, ["A mandatory cancelled"]);
    assert_eq!(of(&lms, "Bo").await, ["A mandatory assigned"]);
    assert_sound(&lms).await;
}

async fn a_leave_that_was_entered_before_is_met_on_its_day(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A");
    assign(&lms, new.due(due("2026-05-10", "2026-03-31"))).await;
    let (from, until) = (day("2026-05-01"), Some(day("2026-05-31")));
    lms.people().add_leave(&lms.admin(), "ada@example.com", from, until, None).await.unwrap();
    let nights = nightly(&lms, "2026-04-01", "2026-05-02").await;
    assert!(nights.contains(&"2026-05-01: changed 1".to_owned()), "{nights:?}");
    assert_eq!(of(&lms, "Ada").await, ["A mandatory on_leave, due 2026-06-15"]);
    // All that stood in between was told of Bo alone.
    nightly(&lms, "2026-05-03", "2026-05-31").await;
    assert_eq!(told(&lms, "Ada").await, ["2026-04-26 A is due in 14 days"]);
    nightly(&lms, "2026-06-01", "2026-06-15").await;
    assert_eq!(
        told(&lms, "Ada").await[1..],
        [
            "2026-06-01 A is due in 14 days",
            "2026-06-08 A is due in 7 days",
            "2026-06-14 A is due in 1 day"
        ]
    );
}

async fn one_step_alone_leaves_the_others_for_later(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Ada")).training("A").grace_days(0);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    let only = |step| sweep_with(&lms, SweepOptions::new().only(step));
    night(&lms, "2026-04-21");
    // The four about obligations are one; nobody is told.
    let outcome = only(SweepStep::Rules).await;
    assert_eq!(counted(&outcome), "overdue 1");
    let steps: Vec<&str> = outcome.steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(steps, ["rules", "renewals", "expiries", "overdue"]);
    assert_eq!(told(&lms, "Ada").await, Vec::<String>::new());
    assert_eq!(counted(&only(SweepStep::Overdue).await), "");
    // Later on that day the reminders, once.
    assert_eq!(counted(&only(SweepStep::Reminders).await), "reminded 1");
    assert_eq!(counted(&only(SweepStep::Reminders).await), "");
    assert_eq!(told(&lms, "Ada").await, ["2026-04-21 A was due 1 day ago"]);
    assert_eq!(nightly(&lms, "2026-04-22", "2026-04-26").await, Vec::<String>::new());
    // Without a run for reminders, the next full one sends what was held back.
    night(&lms, "2026-04-27");
    assert_eq!(counted(&only(SweepStep::Expiries).await), "");
    night(&lms, "2026-04-28");
    assert_eq!(counted(&sweep(&lms).await), "digests 1, escalated 1, reminded 1");
    assert_eq!(told(&lms, "Ada").await[1..], ["2026-04-28 A was due 8 days ago"]);
    assert_eq!(happened(&lms, "training.overdue").await.len(), 1);
    // What goes up alone.
    night(&lms, "2026-05-05");
    assert_eq!(counted(&only(SweepStep::Escalations).await), "digests 1, escalated 1");
    assert_eq!(counted(&sweep(&lms).await), "reminded 1");
}

async fn a_dry_run_says_what_a_run_does(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A").grace_days(0);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    night(&lms, "2026-05-12");
    let before = head(&lms).await.seq;
    let preview =
        lms.sweep().preview(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap();
    assert!(preview.dry_run && preview.run.is_none());
    let shown: Vec<String> = preview
        .samples
        .iter()
        .map(|one| format!("{} {} {} {}", one.person, one.training, one.what, one.day))
        .collect();
    assert_eq!(shown, ["Ada Example A overdue 2026-04-21", "Bo Example A overdue 2026-04-21"]);
    assert_eq!(head(&lms).await.seq, before);
    assert!(lms.job_runs().last_runs(&lms.admin()).await.unwrap().is_empty());
    let mut expected = preview.counts.clone();
    let outcome = sweep(&lms).await;
    // How many are told at once is known when they are put together.
    expected.insert("digests".to_owned(), 1);
    // What is kept of a day is no work that could be looked at before: two departments, and nowhere.
    expected.insert("snapshots".to_owned(), 3);
    assert_eq!(outcome.counts, expected);
}

async fn a_day_to_come_is_refused_and_a_day_past_is_empty(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Ada")).training("A").grace_days(0);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    night(&lms, "2026-04-30");
    let on = |day: &str| SweepOptions::new().date(super::day(day));
    let error = lms.sweep().run(&lms.admin(), on("2026-05-01"), &mut |_, _| ()).await.unwrap_err();
    assert_eq!((error.code(), error.field()), ("sweep.day_to_come", Some("date")));
    // A past day is caught up to, and no further.
    assert_eq!(counted(&sweep_with(&lms, on("2026-04-21")).await), "overdue 1, reminded 1");
    assert_eq!(counted(&sweep_with(&lms, on("2026-04-10")).await), "");
    assert_eq!(counted(&sweep_with(&lms, on("2026-04-21")).await), "");
    assert_eq!(counted(&sweep(&lms).await), "digests 1, escalated 1, reminded 1");
}

async fn only_one_runs_at_a_time(engine: Engine) {
    let lms = company(engine).await;
    let lease = lms
        .jobs()
        .acquire("sweep", "lmsctl on host7, process 4711", Duration::from_mins(1))
        .await
        .unwrap();
    let error =
        lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.message().contains("lmsctl on host7, process 4711"), "{error}");
    assert!(error.message().contains("2026-03-31T12:00"), "{error}");
    assert!(lms.job_runs().last_runs(&lms.admin()).await.unwrap().is_empty(), "no run");
    lease.release().await.unwrap();
    sweep(&lms).await;
    sweep(&lms).await;
}

async fn a_run_that_died_is_noted_and_the_next_goes_on(engine: Engine) {
    let lms = company(engine).await;
    sweep(&lms).await;
    let mut raw = Raw::open(lms.place()).await;
    raw.run_one("UPDATE job_runs SET state = 'running', finished_at = NULL").await;
    let runs = lms.job_runs().last_runs(&lms.admin()).await.unwrap();
    assert_eq!((runs[0].last.state, runs[0].last_good.is_none()), (JobState::Running, true));
    sweep(&lms).await;
    let runs = lms.job_runs().last_runs(&lms.admin()).await.unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].last.state, JobState::Done);
    assert_eq!(runs[0].last_good.as_ref().map(|run| run.id), Some(runs[0].last.id));
    let states = raw.texts("SELECT state || COALESCE(': ' || error, '') FROM job_runs").await;
    assert!(states.contains(&"failed: it was interrupted".to_owned()), "{states:?}");
    let filter = NoticeFilter::new().notice_type(lms_core::NoticeType::JobFailed);
    let notices = lms.notifications().list(&lms.admin(), filter).await.unwrap().items;
    assert_eq!(notices.len(), 1, "those who run the system are told");
    assert_eq!(notices[0].subject, "The job `sweep` failed");
    let told = lms.events().list(&lms.admin(), EventFilter::new().event_type("job.failed")).await;
    let told = told.unwrap().items;
    assert_eq!(told.len(), 1, "and those who listen");
    assert_eq!(told[0].body["data"]["code"], "jobs.interrupted");
}

async fn a_run_that_failed_is_told(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(person("Ada")).training("A");
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    sweep(&lms).await;
    let mut raw = Raw::open(lms.place()).await;
    let terms = raw.texts("SELECT terms FROM assignment_orders").await.remove(0);
    raw.run_one("UPDATE assignment_orders SET terms = 'nonsense'").await;
    night(&lms, "2026-04-06");
    let error =
        lms.sweep().run(&lms.admin(), SweepOptions::new(), &mut |_, _| ()).await.unwrap_err();
    let runs = lms.job_runs().last_runs(&lms.admin()).await.unwrap();
    assert_eq!(runs[0].last.state, JobState::Failed);
    assert_eq!(runs[0].last.error.as_deref(), Some(error.message()));
    assert_eq!(runs[0].last_good.as_ref().map(|run| run.day), Some(day("2026-03-31")));
    assert!(runs[0].is_older_than(Duration::from_hours(26), lms.now()));
    // The account of whoever set the system up belongs to nobody: it has an inbox of its own.
    let filter = NoticeFilter::new().notice_type(lms_core::NoticeType::JobFailed);
    let notices = lms.notifications().list(&lms.admin(), filter.clone()).await.unwrap().items;
    assert_eq!(notices.len(), 1);
    assert_eq!((notices[0].recipient.as_str(), notices[0].person_id), ("ada", None));
    assert_eq!(notices[0].subject, "The job `sweep` failed");
    let ada = crate::support::looks::signed_in(&lms, "other", "super_admin").await;
    assert_eq!(lms.notifications().unread_count(&ada, None).await.unwrap(), 0);
    let filter_event = EventFilter::new().event_type("job.failed");
    let events = lms.events().list(&lms.admin(), filter_event).await.unwrap().items;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].body["data"]["job"], "sweep");
    // Once it is mended, nothing was lost.
    raw.run_one(format!("UPDATE assignment_orders SET terms = '{terms}'")).await;
    assert_eq!(counted(&sweep(&lms).await), "reminded 1");
    assert_eq!(told(&lms, "Ada").await, ["2026-04-06 A is due in 14 days"]);
}

async fn a_leap_day_and_the_change_of_the_clocks_are_days_as_any(engine: Engine) {
    let lms = company(engine).await;
    let set = lms_core::SettingsChange::new().set("timezone", "Europe/Berlin").unwrap();
    lms.settings().set(&lms.admin(), set).await.unwrap();
    training(&lms, "A", &[]).await;
    night(&lms, "2028-02-01");
    let new = NewAssignments::to(person("Ada")).training("A").grace_days(0);
    assign(&lms, new.due(due("2028-02-29", "2028-02-01"))).await;
    let new = NewAssignments::to(person("Bo")).training("A").grace_days(0);
    assign(&lms, new.due(due("2028-03-26", "2028-02-01"))).await;
    night(&lms, "2028-02-02");
    sweep(&lms).await;
    let at = |time: &str| lms.clock().set(Timestamp::parse(time).unwrap());
    // Midnight in Berlin.
    at("2028-02-29T22:59:57Z");
    assert!(!counted(&sweep(&lms).await).contains("overdue"));
    at("2028-02-29T23:00:00Z");
    assert!(counted(&sweep(&lms).await).contains("overdue 1"));
    // The 26th has 23 hours there.
    at("2028-03-26T21:59:58Z");
    assert!(!counted(&sweep(&lms).await).contains("overdue"));
    at("2028-03-26T22:00:00Z");
    assert!(counted(&sweep(&lms).await).contains("overdue 1"));
    let days: Vec<String> =
        happened(&lms, "training.overdue").await.into_iter().map(|(on, _)| on).collect();
    assert_eq!(days, ["2028-03-01", "2028-03-27"]);
}

/// Whatever changes an obligation on the very day on which it wakes: what it wakes for is still told.
async fn what_somebody_changes_before_the_night_is_not_lost(engine: Engine) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let kind = lms_core::engine::Kind::Recommended;
    let new = NewAssignments::to(person("Ada")).training("A").grace_days(0).kind(kind);
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    night(&lms, "2026-04-15");
    sweep(&lms).await;
    night(&lms, "2026-04-21");
    let new = NewAssignments::to(person("Ada")).training("A");
    let strengthened = assign(&lms, new.due(due("2026-05-20", "2026-04-21"))).await;
    assert_eq!(strengthened, "strengthened 1");
    assert_eq!(counted(&sweep(&lms).await), "overdue 1, reminded 1");
    assert!(sweep(&lms).await.is_empty());
}
