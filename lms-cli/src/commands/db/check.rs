//! `lmsctl db check`

use clap::Args;
use lms_core::SchemaMode;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::counted;

/// Look for damage: file, schema, references, audit chain
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl db check", "lmsctl db check --output json"])]
pub(crate) struct CheckArgs {}

pub(crate) async fn run(app: &App, _: CheckArgs) -> Result {
    let session = app.open_as(SchemaMode::Any).await?;
    let check = session.lms.database().check(&session.actor).await?;
    app.output.present(&check, &check.checks, || app.output.table(&check.checks))?;
    let failed = check.checks.iter().filter(|check| !check.ok).count();
    if !check.ok {
        let checks = counted(check.checks.len(), "check", "checks");
        return Err(CHECK_FAILED
            .error(format!("the database is not sound: {failed} of {checks} failed"))
            .with_hint("keep a copy of it as it is now, and restore the last good backup with `lmsctl db restore`")
            .into());
    }
    let checks = counted(check.checks.len(), "check", "checks");
    app.output.done(&format!("the database is sound: {checks} passed"));
    Ok(Exit::Done)
}
