//! `lmsctl training content sweep`

use clap::Args;
use lms_core::Garbage;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, keep};

/// Take out of the store what neither a file nor a training names any more
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training content sweep --dry-run",
    "lmsctl training content sweep --yes",
])]
pub(crate) struct SweepArgs {
    #[command(flatten)]
    dry_run: DryRunArgs,
}

impl Row for Garbage {
    const COLUMNS: &'static [Column] = &[keep("blobs"), keep("orphans"), keep("bytes")];

    fn cells(&self) -> Vec<Cell> {
        [self.blobs, self.orphans, self.bytes]
            .map(|count| i64::try_from(count).unwrap_or(i64::MAX).into())
            .to_vec()
    }
}

pub(crate) async fn run(app: &App, args: SweepArgs) -> Result {
    let session = app.open_with_files().await?;
    let content = session.lms.content();
    let plan = content.plan_sweep(&session.actor).await?;
    let n_changes = usize::try_from(plan.blobs + plan.orphans).unwrap_or(usize::MAX);
    let rows = std::slice::from_ref(&plan);
    let question = format!("Delete {} bytes for good?", plan.bytes);
    let asked =
        Look { dry_run: args.dry_run, n_changes, question: (n_changes > 0).then_some(&*question) };
    let page = || app.output.table(rows);
    let was_shown = match look(app, &plan, rows, &page, &asked)? {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let swept = content.sweep(&session.actor).await?;
    let rows = std::slice::from_ref(&swept);
    done(app, &swept, rows, &|| app.output.table(rows), was_shown)?;
    app.output.done(&format!("swept {} bytes", swept.bytes));
    Ok(Exit::Done)
}
