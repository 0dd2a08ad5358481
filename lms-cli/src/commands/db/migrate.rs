//! `lmsctl db migrate`

use clap::Args;
use lms_core::{MigrationOutcome, SchemaMode};
use serde::Serialize;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::error::{Exit, Result, Stop, is_not_set_up};
use crate::output::{Cell, Column, Row, counted, shrink};

/// Bring the schema of the database up to this program, creating it if need be
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl db migrate",
    "lmsctl db migrate --dry-run --detailed-exitcode",
])]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    dry_run: DryRunArgs,
}

#[derive(Serialize)]
struct Pending {
    migration: String,
}

pub(crate) async fn run(app: &App, args: MigrateArgs) -> Result {
    if args.dry_run.dry_run {
        return dry_run(app, args.dry_run.detailed_exitcode).await;
    }
    let session = app.open_to_make(SchemaMode::Create).await?;
    let outcome = session.lms.database().migrate(&session.actor).await?;
    let applied: Vec<Pending> = listed(&outcome.applied);
    app.output.present(&outcome, &applied, || app.output.table(&applied))?;
    app.output.done(&summary(&outcome));
    Ok(Exit::Done)
}

async fn dry_run(app: &App, detailed_exitcode: bool) -> Result {
    let session = match app.open_as(SchemaMode::Any).await {
        Ok(session) => session,
        Err(Stop::Failed(error)) if is_not_set_up(&error) => {
            app.output.done("dry run: the database would be created; nothing was changed");
            return Ok(Exit::of_dry_run(detailed_exitcode, true));
        }
        Err(stop) => return Err(stop),
    };
    let status = session.lms.database().status(&session.actor).await?;
    let pending: Vec<Pending> = listed(&status.pending);
    app.output.present(&status, &pending, || app.output.table(&pending))?;
    let migrations = counted(pending.len(), "migration", "migrations");
    app.output.done(&format!("dry run: {migrations} would be applied; nothing was changed"));
    Ok(Exit::of_dry_run(detailed_exitcode, !pending.is_empty()))
}

fn summary(outcome: &MigrationOutcome) -> String {
    if outcome.applied.is_empty() {
        return format!("nothing to migrate: the schema is at version {}", outcome.to);
    }
    let migrations = counted(outcome.applied.len(), "migration", "migrations");
    format!("applied {migrations}: the schema went from version {} to {}", outcome.from, outcome.to)
}

fn listed(migrations: &[String]) -> Vec<Pending> {
    migrations.iter().map(|name| Pending { migration: name.clone() }).collect()
}

impl Row for Pending {
    const COLUMNS: &'static [Column] = &[shrink("migration")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.migration.as_str().into()]
    }
}
