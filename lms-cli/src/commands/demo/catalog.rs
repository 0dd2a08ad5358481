//! The catalog of the demo company: small, but with real texts, and of every kind that there is. It
//! comes in by the way of every other catalog: files, a plan, an import.

use lms_core::{
    Actor, Day, FileFormat, Lms, NewTraining, PathFile, Result, TrainingField, TrainingFile,
};

/// One file a training, for people to copy from.
const FILES: &[&str] = &[
    include_str!("catalog/onboarding.toml"),
    include_str!("catalog/code-of-conduct.toml"),
    include_str!("catalog/gdpr-101.toml"),
    include_str!("catalog/sec-101.toml"),
    include_str!("catalog/sec-200.toml"),
    include_str!("catalog/fire-safety.toml"),
    include_str!("catalog/fire-warden.toml"),
    include_str!("catalog/first-aid.toml"),
    include_str!("catalog/anti-bribery.toml"),
    include_str!("catalog/lead-100.toml"),
    include_str!("catalog/forklift.toml"),
    include_str!("catalog/accessibility.toml"),
    include_str!("catalog/template-policy.toml"),
];

/// One file a learning path.
const PATHS: &[&str] = &[include_str!("catalog/new-hire.path.toml")];

/// Fills the catalog, with one training that is still being written.
pub(super) async fn fill(lms: &Lms, actor: &Actor) -> Result<()> {
    let files = FILES
        .iter()
        .map(|text| TrainingFile::read(text, FileFormat::Toml))
        .collect::<Result<Vec<_>>>()?;
    let catalog = lms.catalog();
    let plan = catalog.plan_import(actor, files, true).await?;
    catalog.import(actor, plan).await?;
    let paths = PATHS.iter().map(|text| PathFile::read(text, FileFormat::Toml));
    let paths = paths.collect::<Result<Vec<_>>>()?;
    let plan = lms.paths().plan_import(actor, paths, true).await?;
    lms.paths().import(actor, plan).await?;
    let since = Day::parse("2026-01-01")?;
    catalog.add_equivalent(actor, "FIRE-SAFETY", "FIRE-WARDEN", Some(since), None).await?;
    let ladders = NewTraining::new("LADDERS", "Working on ladders")
        .set(TrainingField::Category, "Safety")
        .set(TrainingField::ValidityMonths, "12");
    catalog.add(actor, ladders).await?;
    Ok(())
}
