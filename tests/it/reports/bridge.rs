//! Why compliance became another one: the workbook, opened again, against what is known of the ten of them
//! and against the figures of the two days.

use calamine::Reader;
use lms_core::engine::Kind;
use lms_core::testkit::TestLms;
use lms_core::{
    Audience, AudienceField, ComplianceFigures, ComplianceQuery, Day, Engine, ErrorKind,
    FactsQuery, NewPerson, PersonField, Timestamp,
};
use lms_reports::{Params, Report};
use serde_json::json;

use super::figures::{figure, on, opened, rows, run};
use crate::contexts::analytics::company::{assign, done, noon};
use crate::contexts::analytics::{account, assigned};
use crate::support::engines::on_both_engines;

on_both_engines! {
    each_step_is_told_with_those_whom_it_is_about,
    the_steps_lead_from_the_figures_of_one_day_to_those_of_the_other,
    whoever_may_see_few_sees_the_bridge_of_few,
    what_began_after_the_opening_day_opens_with_what_is_known,
}

/// Ten days in April: what was done in February comes to light, Kim comes and learns, Ada leaves, Hal does
/// again what ran out, Cy and Jo are late.
async fn april(engine: Engine) -> TestLms {
    let lms = assigned(engine).await;
    noon(&lms, "2027-04-02");
    done(&lms, "bo", "GDPR", "2027-02-25", None).await;
    assign(&lms, "jo", "GDPR", Kind::Mandatory, "2027-04-04", 0).await;
    noon(&lms, "2027-04-05");
    let kim = NewPerson::new("Kim", "Example")
        .set(PersonField::Email, "kim@example.com")
        .set(PersonField::Department, "WEB")
        .hired_on(on("2027-04-05"));
    lms.people().add(&lms.admin(), vec![kim]).await.unwrap();
    assign(&lms, "kim", "GDPR", Kind::Mandatory, "2027-05-01", 5).await;
    noon(&lms, "2027-04-06");
    done(&lms, "kim", "GDPR", "2027-04-06", None).await;
    lms.people().deactivate(&lms.admin(), "ada@example.com", on("2027-04-06"), None).await.unwrap();
    noon(&lms, "2027-04-08");
    done(&lms, "hal", "GDPR", "2027-04-08", None).await;
    noon(&lms, "2027-04-10");
    lms
}

fn of_april() -> Params {
    Params::new().from(Some(on("2027-04-01"))).as_of(Some(on("2027-04-10")))
}

/// The last instant of a day, in the zone of the organisation.
async fn end_of(lms: &TestLms, day: Day) -> Timestamp {
    let zone = lms.settings().show(&lms.admin()).await.unwrap().timezone.zone();
    Timestamp::new(day.next().starts_at(&zone).inner() - jiff::SignedDuration::from_micros(1))
}

async fn each_step_is_told_with_those_whom_it_is_about(engine: Engine) {
    let lms = april(engine).await;

    let document = run(&lms, &lms.admin(), Report::Bridge, of_april()).await;

    let mut book = opened(&document);
    let headings = ["Step", "Obligations", "Met more or less", "Measured more or less", "Met"];
    let headings: Vec<&str> =
        headings.into_iter().chain(["Met or missed", "Met %", "Change"]).collect();
    assert_eq!(
        rows(&mut book, "Bridge", &headings),
        [
            "opening |  |  |  | 1 | 3 | 0.333 | ",
            "corrected | 1 | 1 | 0 | 2 | 3 | 0.666 | 33.300",
            "joined | 1 | 1 | 1 | 3 | 4 | 0.750 | 8.400",
            "left | 1 | -1 | -1 | 2 | 3 | 0.666 | -8.400",
            "completed | 1 | 1 | 0 | 3 | 3 | 1 | 33.400",
            "expired | 0 | 0 | 0 | 3 | 3 | 1 | 0",
            "overdue | 1 | 0 | 1 | 3 | 4 | 0.750 | -25",
            "in time again | 0 | 0 | 0 | 3 | 4 | 0.750 | 0",
            "newly assigned | 1 | 0 | 1 | 3 | 5 | 0.600 | -15",
            "no longer required | 0 | 0 | 0 | 3 | 5 | 0.600 | 0",
            "exempted | 0 | 0 | 0 | 3 | 5 | 0.600 | 0",
            "on leave | 0 | 0 | 0 | 3 | 5 | 0.600 | 0",
            "closing |  |  |  | 3 | 5 | 0.600 | ",
        ]
    );
    assert_eq!(
        rows(&mut book, "Movements", &["Step", "Person", "Training", "Counted as", "Counts as"]),
        [
            "corrected | Bo Example | GDPR | overdue | met",
            "joined | Kim Example | GDPR |  | met",
            "left | Ada Example | GDPR | met | ",
            "completed | Hal Example | GDPR | expired | met",
            "overdue | Cy Example | GDPR | in grace | overdue",
            "newly assigned | Jo Example | GDPR |  | overdue",
        ]
    );
    let headings = ["Training", "Obligations", "Corrected", "Overdue", "Exempted"];
    assert_eq!(rows(&mut book, "By training", &headings), ["GDPR | 6 | 1 | 1 | 0"]);
    assert_eq!(figure(&document, "met_percent_before"), json!([1, 3]));
    assert_eq!(figure(&document, "met_percent"), json!([3, 5]));
    assert_eq!(figure(&document, "movements"), 6);
    let provenance = book.worksheet_range("Provenance").unwrap();
    let words: Vec<String> = provenance.rows().map(|row| row[1].to_string()).collect();
    for sum in ["yes: 3 listed, 3 counted", "yes: 5 listed, 5 counted", "yes: 6 listed, 6 counted"]
    {
        assert!(words.iter().any(|word| word == sum), "{sum} is not in {words:?}");
    }
    // The steps that change it stand between the two shares, on what is below them.
    let charts = book.worksheet_range("Chart data").unwrap();
    let told: Vec<String> = charts
        .rows()
        .map(|row| row.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join(" | "))
        .collect();
    for bar in
        ["opening | 0 | 33.3 | 0 | 0", "left | 66.6 | 0 | 0 | 8.4", "closing | 0 | 60 | 0 | 0"]
    {
        assert!(told.iter().any(|row| row == bar), "{bar} is not in {told:#?}");
    }
    assert!(!told.iter().any(|row| row.starts_with("exempted")), "{told:#?}");
}

async fn figures_of(
    lms: &TestLms,
    audience: Audience,
    day: Day,
    known_at: Option<Timestamp>,
) -> ComplianceFigures {
    let query = ComplianceQuery::new().audience(audience).as_of(Some(day)).known_at(known_at);
    lms.analytics().compliance(&lms.admin(), query).await.unwrap().total
}

async fn the_steps_lead_from_the_figures_of_one_day_to_those_of_the_other(engine: Engine) {
    let lms = april(engine).await;
    for department in [None, Some("ENG"), Some("SALES")] {
        let audience = department.map_or_else(Audience::everybody, |code| {
            Audience::everybody().with(AudienceField::Department, code)
        });
        for from in
            ["2027-02-01", "2027-02-21", "2027-03-07", "2027-03-21", "2027-04-01", "2027-04-07"]
        {
            for until in ["2027-04-06", "2027-04-07", "2027-04-10"].map(on) {
                let from = on(from);
                let query = FactsQuery::new().audience(audience.clone());
                let query = query.from(Some(from.min(until))).as_of(Some(until));
                let bridge = lms.analytics().bridge(&lms.admin(), query).await.unwrap();

                let opens_on = from.min(until).previous();
                assert_eq!(bridge.opens_on, opens_on);
                let over = end_of(&lms, opens_on).await;
                let then = figures_of(&lms, audience.clone(), opens_on, Some(over)).await;
                let now = figures_of(&lms, audience.clone(), opens_on, None).await;
                let last = figures_of(&lms, audience.clone(), until, None).await;
                assert_eq!((&bridge.opening, &bridge.corrected), (&then, &now), "{opens_on}");
                assert_eq!(bridge.closing, last, "{until}");

                let (mut met, mut measured) = (then.met, then.measured);
                let mut tenths = then.met_percent.map(lms_core::Percent::tenths);
                for (at, step) in bridge.steps.iter().enumerate() {
                    met += step.met;
                    measured += step.measured;
                    assert_eq!((step.met_after, step.measured_after), (met, measured));
                    tenths = tenths.zip(step.change_tenths).map(|(sum, more)| sum + more);
                    if at == 0 {
                        assert_eq!((met, measured), (now.met, now.measured), "it was corrected");
                    }
                }
                assert_eq!((met, measured), (last.met, last.measured), "{opens_on} to {until}");
                if let Some(tenths) = tenths {
                    assert_eq!(Some(tenths), last.met_percent.map(lms_core::Percent::tenths));
                }
                let listed: i64 = bridge.movements.met.iter().sum();
                assert_eq!(listed, last.met - then.met);
            }
        }
    }
    let end_of_march = end_of(&lms, on("2027-03-31")).await;
    let query = FactsQuery::new().from(Some(on("2027-04-01"))).known_at(Some(end_of_march));
    let refused = lms.analytics().bridge(&lms.admin(), query).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid, "April was not there yet");
}

async fn whoever_may_see_few_sees_the_bridge_of_few(engine: Engine) {
    let lms = april(engine).await;
    let cy = account(&lms, "cy", "manager").await;
    let bridge = run(&lms, &cy, Report::Bridge, of_april()).await;
    let told = rows(&mut opened(&bridge), "Movements", &["Step", "Person"]);
    assert!(told.iter().all(|row| !row.contains("Hal") && !row.contains("Jo")), "{told:?}");
    assert!(told.contains(&"overdue | Cy Example".to_owned()), "{told:?}");
}

async fn what_began_after_the_opening_day_opens_with_what_is_known(engine: Engine) {
    let lms = assigned(engine).await;
    done(&lms, "bo", "GDPR", "2027-02-25", None).await;
    let before = Params::new().from(Some(on("2026-01-01")));
    let document = run(&lms, &lms.admin(), Report::Bridge, before).await;
    let notes: Vec<String> = document.notes().map(|note| note.into_owned()).collect();
    assert!(notes[0].starts_with("Nothing was on record when 2025-12-31 was over"), "{notes:?}");
    let headings = ["Step", "Obligations", "Met %"];
    let told = rows(&mut opened(&document), "Bridge", &headings);
    assert_eq!(told[0], "opening |  | ", "there was nothing to measure");
    assert_eq!(told[1], "corrected | 0 | ");
    assert_eq!(told.last().unwrap(), "closing |  | 0.666");
}
