//! Both databases have the columns of the registry, and every statement fits both.

use lms_core::Engine;
use lms_core::testkit::{TestLms, columns, statements};

use crate::support::engines::on_both_engines;

/// Statements that need a text of their own on each engine. Raise it with a reason.
const DIFFERENT_STATEMENTS_MAX: usize = 15;

on_both_engines! {
    the_catalogue_is_the_registry,
    every_statement_fits_the_schema,
}

async fn the_catalogue_is_the_registry(engine: Engine) {
    let lms = TestLms::fresh(engine).await;
    let mut found = lms.catalogue().await;
    let mut wanted: Vec<_> = columns(engine).into_iter().map(|column| column.catalogued).collect();
    found.sort_by(|a, b| a.table.cmp(&b.table));
    wanted.sort_by(|a, b| a.table.cmp(&b.table));
    assert_eq!(found, wanted, "declare every column in lms-core/src/kernel/db/schema.rs");
}

async fn every_statement_fits_the_schema(engine: Engine) {
    let lms = TestLms::organisation(engine).await;
    let check = lms.database().check(&lms.admin()).await.unwrap();
    let failed: Vec<_> = check.checks.iter().filter(|check| !check.ok).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn few_statements_differ_between_the_engines() {
    let all = statements();
    let different: Vec<&str> = all
        .iter()
        .filter(|statement| statement.sqlite != statement.postgres)
        .map(|statement| statement.name)
        .collect();
    println!("{} of {} statements differ: {different:?}", different.len(), all.len());
    assert!(different.len() <= DIFFERENT_STATEMENTS_MAX, "{different:?}");
}
