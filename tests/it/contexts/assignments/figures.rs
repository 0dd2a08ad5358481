//! Compliance is the same whoever counts it, and what was known then stays so.

use lms_core::engine::plus_days;
use lms_core::testkit::TestLms;
use lms_core::{
    Clock, ComplianceQuery, ComplianceReport, ComplianceRow, Day, Engine, GroupBy, Timestamp,
    TrainingField,
};

use super::status::live;
use super::{company, day, noon, training};
use crate::support::dice::Dice;
use crate::support::engines::on_both_engines;

on_both_engines! {
    the_database_counts_what_the_engine_counts,
    what_was_known_then_never_changes,
}

/// All together, and told apart by something: by the next on each day.
fn queries(on: Day, known_at: Option<Timestamp>) -> Vec<ComplianceQuery> {
    let by = GroupBy::ALL[on.inner().day().unsigned_abs() as usize % 5];
    let ways = [None, Some(by)];
    ways.map(|by| ComplianceQuery::new().by(by).as_of(Some(on)).known_at(known_at)).to_vec()
}

fn figures(report: &ComplianceReport) -> (&lms_core::ComplianceFigures, &[ComplianceRow]) {
    (&report.total, &report.rows)
}

async fn somewhere(engine: Engine) -> TestLms {
    let lms = company(engine).await;
    training(&lms, "A", &[]).await;
    training(&lms, "B", &[(TrainingField::ValidityMonths, "1")]).await;
    training(&lms, "SEATS", &[(TrainingField::SeatLimit, "1")]).await;
    lms
}

async fn the_database_counts_what_the_engine_counts(engine: Engine) {
    let mut seen = [0; 8];
    for seed in 100..105 {
        let mut dice = Dice::new(seed);
        let lms = somewhere(engine).await;
        let mut today = day("2026-03-31");
        for _ in 0..40 {
            today = plus_days(today, dice.between(1, 5));
            noon(&lms, &today.to_string());
            live(&lms, &mut dice, today).await;
            lms.look_again().await.unwrap();
            for query in queries(today, None) {
                let [database, engine] = lms.compliance_both_ways(&query).await.unwrap();
                assert_eq!(figures(&database), figures(&engine), "on {today}, seed {seed}");
                let all = &database.total;
                let counts = [
                    all.met,
                    all.open,
                    all.in_grace,
                    all.overdue,
                    all.expired,
                    all.exempt,
                    all.on_leave,
                    all.cancelled,
                ];
                for (seen, count) in seen.iter_mut().zip(counts) {
                    *seen += count;
                }
            }
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

async fn what_was_known_then_never_changes(engine: Engine) {
    for seed in 200..203 {
        let mut dice = Dice::new(seed);
        let lms = somewhere(engine).await;
        let mut today = day("2026-03-31");
        let mut known: Vec<(Day, Timestamp, Vec<ComplianceReport>)> = Vec::new();
        for _ in 0..30 {
            today = plus_days(today, dice.between(1, 5));
            noon(&lms, &today.to_string());
            live(&lms, &mut dice, today).await;
            lms.look_again().await.unwrap();
            // Everything of this day was recorded before one o'clock.
            lms.clock().advance(std::time::Duration::from_secs(3_600));
            let at = lms.clock().now();
            let on = if dice.below(3) == 0 { plus_days(today, -dice.between(1, 9)) } else { today };
            let mut told = Vec::new();
            for query in queries(on, None) {
                told.push(lms.compliance_both_ways(&query).await.unwrap()[1].clone());
            }
            known.push((on, at, told));
        }
        for (on, at, told) in known {
            for (query, before) in queries(on, Some(at)).iter().zip(&told) {
                let after = lms.analytics().compliance(&lms.admin(), query.clone()).await.unwrap();
                assert_eq!(figures(&after), figures(before), "{on} as known {at}, seed {seed}");
            }
        }
    }
}
