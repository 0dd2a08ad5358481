//! How departments stood each night is kept: for trends, and as it was known then.

use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, Clock, ComplianceFigures, ComplianceQuery, Engine, FactsQuery,
    NewAssignments, SweepOptions, SweepStep, Timestamp,
};

use super::super::{assign, company, day, department, done, due, training};
use super::{night, sweep, sweep_with};
use crate::support::engines::on_both_engines;

on_both_engines! {
    what_was_kept_is_what_was_known_then,
    a_night_is_kept_once_and_never_changed_later,
    one_department_is_told_nothing_of_all,
}

const NIGHTS: [&str; 3] = ["2026-04-30", "2026-05-31", "2026-06-10"];

/// Two have to do A by 20 April, one does it in time; three nights with what was known after each.
async fn three_nights(engine: Engine) -> (TestLms, Vec<Timestamp>) {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    let new = NewAssignments::to(department("ENG")).training("A");
    assign(&lms, new.due(due("2026-04-20", "2026-03-31"))).await;
    night(&lms, "2026-04-10");
    done(&lms, "Ada", "A", "2026-04-09").await;
    let mut known = Vec::new();
    for on in NIGHTS {
        night(&lms, on);
        let outcome = sweep(&lms).await;
        assert!(outcome.counts["snapshots"] > 0, "{on}: {outcome:?}");
        known.push(lms.clock().now());
    }
    (lms, known)
}

async fn stood(lms: &TestLms, on: &str, known_at: Timestamp) -> ComplianceFigures {
    let query = ComplianceQuery::new().as_of(Some(day(on))).known_at(Some(known_at));
    lms.analytics().compliance(&lms.admin(), query).await.unwrap().total
}

async fn what_was_kept_is_what_was_known_then(engine: Engine) {
    let (lms, known) = three_nights(engine).await;
    // What was done in April is told in June.
    done(&lms, "Bo", "A", "2026-04-15").await;
    let query = || FactsQuery::new().from(Some(day("2026-04-01")));
    let trend = lms.analytics().trend(&lms.admin(), query()).await.unwrap();
    for (month, (on, known_at)) in trend.months.iter().zip(NIGHTS.into_iter().zip(&known)).take(2) {
        let then = month.then.as_ref().unwrap();
        assert_eq!(then.day, day(on));
        assert_eq!(then.figures, stood(&lms, on, *known_at).await);
        assert_eq!((then.figures.met, then.figures.missed), (1, 1), "{on}");
        assert_eq!((month.figures.met, month.figures.missed), (2, 0), "{on}, as it is known now");
    }
    assert_eq!(trend.months.last().unwrap().then, None, "this month is not over");

    let card = lms.analytics().scorecard(&lms.admin(), FactsQuery::new()).await.unwrap();
    assert_eq!(card.months, [day("2026-04-30"), day("2026-05-31")]);
    let engineering = card.departments.iter().find(|one| one.row.code.as_deref() == Some("ENG"));
    let met = |figures: &Option<ComplianceFigures>| figures.as_ref().map(|it| (it.met, it.missed));
    let past: Vec<_> = engineering.unwrap().past.iter().map(met).collect();
    assert_eq!(past, [Some((1, 1)), Some((1, 1))]);
    let all: Vec<_> = card.total.past.iter().map(met).collect();
    assert_eq!(all, past);
    let earlier = query().known_at(Some(known[0]));
    let earlier = lms.analytics().scorecard(&lms.admin(), earlier).await.unwrap();
    assert!(earlier.months.is_empty(), "by the end of April no month before had been kept");
}

async fn a_night_is_kept_once_and_never_changed_later(engine: Engine) {
    let (lms, _) = three_nights(engine).await;
    let again = sweep(&lms).await;
    assert_eq!(again.counts["snapshots"], 0, "nothing was recorded since");
    assert!(again.is_empty());
    done(&lms, "Bo", "A", "2026-04-15").await;
    let changed = sweep(&lms).await;
    assert!(changed.counts["snapshots"] > 0 && changed.is_empty(), "{changed:?}");
    let only = |on| SweepOptions::new().only(SweepStep::Snapshots).date(day(on));
    let over = sweep_with(&lms, only("2026-04-30")).await;
    assert_eq!((over.counts["snapshots"], over.counts["looked_at"]), (0, 0), "that day is over");
    let missed = sweep_with(&lms, only("2026-05-15")).await;
    assert!(missed.counts["snapshots"] > 0, "a night without a pass can be kept later");
}

async fn one_department_is_told_nothing_of_all(engine: Engine) {
    let (lms, _) = three_nights(engine).await;
    let sales = Audience::everybody().with(AudienceField::Department, "SALES");
    let query = FactsQuery::new().audience(sales);
    let card = lms.analytics().scorecard(&lms.admin(), query.clone()).await.unwrap();
    assert!(card.months.is_empty());
    let trend = lms.analytics().trend(&lms.admin(), query).await.unwrap();
    assert!(trend.months.iter().all(|month| month.then.is_none()));
}
