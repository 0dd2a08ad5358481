//! Which rules are in force on a day, as was known at an instant.

use lms_core::testkit::TestLms;
use lms_core::{Clock, Day, Engine, NewPath, PathStep, RuleStatus, Timestamp};

use super::{company, day, of, rule};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;

on_both_engines! {
    the_last_that_began_holds,
    what_was_known_stays_known,
    a_log_of_periods_is_read_as_it_is_meant,
    rules_are_found_by_what_they_ask_for,
}

/// `GDPR active 2`, for each rule in force on a day.
async fn on(lms: &TestLms, day: &str, known_at: Option<Timestamp>) -> Vec<String> {
    let rules = lms.rules_in_force(super::day(day), known_at, &[]).await.unwrap();
    rules
        .into_iter()
        .map(|rule| format!("{} {} {}", rule.code, rule.status.as_str(), rule.version))
        .collect()
}

async fn the_last_that_began_holds(engine: Engine) {
    let lms = company(engine).await;
    let first = rule("GDPR", "GDPR-101", of("ENG"));
    let second = rule("GDPR", "SEC-101", of("ENG"));
    lms.put_rule(day("2026-03-01"), first.clone(), RuleStatus::Active).await.unwrap();
    lms.put_rule(day("2026-06-01"), second.clone(), RuleStatus::Active).await.unwrap();
    lms.put_rule(day("2026-06-10"), second.clone(), RuleStatus::Paused).await.unwrap();
    lms.put_rule(day("2026-06-20"), second, RuleStatus::Removed).await.unwrap();
    for (day, told) in [
        ("2026-02-28", None),
        ("2026-03-01", Some("GDPR active 1")),
        ("2026-05-31", Some("GDPR active 1")),
        ("2026-06-01", Some("GDPR active 2")),
        ("2026-06-10", Some("GDPR paused 2")),
        ("2026-06-20", Some("GDPR removed 2")),
    ] {
        assert_eq!(on(&lms, day, None).await, Vec::from_iter(told.map(str::to_owned)), "{day}");
    }
}

async fn what_was_known_stays_known(engine: Engine) {
    let lms = company(engine).await;
    let before = lms.clock().now();
    let first = rule("GDPR", "GDPR-101", of("ENG"));
    lms.put_rule(day("2026-03-01"), first.clone(), RuleStatus::Active).await.unwrap();
    lms.clock().advance(std::time::Duration::from_secs(60));
    let between = lms.clock().now();
    lms.clock().advance(std::time::Duration::from_secs(60));
    let mut second = first.clone();
    second.title = "Another title".to_owned();
    // Recorded late, for a day that was past.
    lms.put_rule(day("2026-03-05"), second, RuleStatus::Active).await.unwrap();
    lms.clock().advance(std::time::Duration::from_secs(60));
    let now = lms.clock().now();
    assert_eq!(on(&lms, "2026-03-10", Some(before)).await, [""; 0]);
    let known = lms.rules_in_force(day("2026-03-10"), Some(between), &[]).await.unwrap();
    assert_eq!((known[0].version, &*known[0].title, known[0].others), (1, "Rule GDPR", 0));
    let known = lms.rules_in_force(day("2026-03-10"), Some(now), &[]).await.unwrap();
    assert_eq!((known[0].version, &*known[0].title, known[0].others), (2, "Another title", 1));
    assert_eq!(on(&lms, "2026-03-04", None).await, ["GDPR active 1"]);
}

/// Periods in any order, asked for on every day and as known after each, against the plain meaning.
async fn a_log_of_periods_is_read_as_it_is_meant(engine: Engine) {
    let lms = company(engine).await;
    let mut dice = Dice::new(7);
    let statuses = [RuleStatus::Active, RuleStatus::Paused, RuleStatus::Removed];
    let begins = |n: usize| Day::parse(&format!("2026-04-{:02}", n + 1)).unwrap();
    let mut log: Vec<(Day, Timestamp, RuleStatus)> = Vec::new();
    for _ in 0..12 {
        lms.clock().advance(std::time::Duration::from_secs(60));
        let from = begins(dice.below(9));
        let status = statuses[dice.below(3)];
        lms.put_rule(from, rule("GDPR", "GDPR-101", of("ENG")), status).await.unwrap();
        lms.clock().advance(std::time::Duration::from_secs(60));
        log.push((from, lms.clock().now(), status));
    }
    let mut n_seen = 0;
    for (_, known_at, _) in &log {
        for n in 0..11 {
            let day = begins(n);
            let known = log.iter().filter(|(from, at, _)| *from <= day && at <= known_at);
            let meant = known.max_by_key(|(from, at, _)| (*from, *at)).map(|(.., status)| *status);
            let found = lms.rules_in_force(day, Some(*known_at), &[]).await.unwrap();
            assert_eq!(found.first().map(|rule| rule.status), meant, "{day} {known_at}");
            n_seen += usize::from(meant.is_some());
        }
    }
    assert!(n_seen > 50, "{n_seen}");
}

async fn rules_are_found_by_what_they_ask_for(engine: Engine) {
    let lms = company(engine).await;
    let admin = lms.admin();
    let path = NewPath::new("WELCOME", "Welcome").step(PathStep::required("SEC-101"));
    lms.paths().add(&admin, path).await.unwrap();
    lms.paths().publish(&admin, "WELCOME").await.unwrap();
    let mut by_path = rule("BY-PATH", "GDPR-101", of("ENG"));
    by_path.trainings.clear();
    by_path.paths = vec!["welcome".to_owned()];
    let from = day("2026-03-01");
    lms.put_rule(from, by_path, RuleStatus::Active).await.unwrap();
    lms.put_rule(from, rule("BY-NAME", "GDPR-101", of("ENG")), RuleStatus::Active).await.unwrap();
    lms.put_rule(from, rule("CHANGED", "SEC-101", of("ENG")), RuleStatus::Active).await.unwrap();
    lms.put_rule(from, rule("CHANGED", "GDPR-101", of("ENG")), RuleStatus::Active).await.unwrap();
    let about = async |training: &str| -> Vec<String> {
        let rules = lms.rules_in_force(day("2026-04-01"), None, &[training]).await.unwrap();
        rules.into_iter().map(|rule| rule.code).collect()
    };
    assert_eq!(about("GDPR-101").await, ["BY-NAME", "CHANGED"]);
    assert_eq!(about("SEC-101").await, ["BY-PATH", "CHANGED"], "also what it asked for before");
}
