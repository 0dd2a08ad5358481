//! What counts for what, and since when.

use lms_core::testkit::TestLms;
use lms_core::{Day, Engine, Shown};

use super::{draft, published};
use crate::support::engines::on_both_engines;
use crate::support::raw::Raw;

on_both_engines! {
    one_training_stands_in_for_another_for_a_time,
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

async fn one_training_stands_in_for_another_for_a_time(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let (catalog, admin) = (lms.catalog(), lms.admin());
    published(&lms, "NEW", "").await;
    published(&lms, "OLD", "").await;
    draft(&lms, "DRAFT", "").await;
    let from = Some(day("2026-01-01"));
    let added = catalog.add_equivalent(&admin, "NEW", "OLD", from, None).await.unwrap();
    assert_eq!(added.value.len(), 1);
    let again = catalog.add_equivalent(&admin, "NEW", "old", from, None).await.unwrap();
    assert!(again.operation.is_none() && again.changed.is_empty());
    for (by, from, code) in [
        ("NEW", None, "catalog.not_equivalent"),
        ("DRAFT", None, "catalog.not_equivalent"),
        ("OLD", Some(day("2026-05-01")), "catalog.not_equivalent"),
        ("NONE", None, "catalog.training_unknown"),
    ] {
        let refused = catalog.add_equivalent(&admin, "NEW", by, from, None).await.unwrap_err();
        assert_eq!(refused.code(), code, "{by}");
    }

    let ended = catalog.end_equivalent(&admin, "NEW", "OLD", day("2026-07-01")).await.unwrap();
    assert_eq!(ended.value[0].until, Some(day("2026-07-01")));
    let again = catalog.end_equivalent(&admin, "NEW", "OLD", day("2026-07-01")).await.unwrap();
    assert!(again.operation.is_none());
    let gone = catalog.end_equivalent(&admin, "NEW", "OLD", day("2026-08-01")).await.unwrap_err();
    assert_eq!(gone.code(), "catalog.equivalent_unknown");
    let card = catalog.show(&admin, "NEW", Shown::Current).await.unwrap();
    assert_eq!(card.equivalents, ended.value);

    // What was believed before stays, with the instant from which on it was not.
    let rows = Raw::open(lms.place()).await.dump().await.remove("training_equivalents").unwrap();
    assert_eq!(rows.len(), 2);
    // What ends before it began never held.
    let never = catalog.end_equivalent(&admin, "NEW", "OLD", day("2025-12-01")).await.unwrap();
    assert!(never.value.is_empty());
}
