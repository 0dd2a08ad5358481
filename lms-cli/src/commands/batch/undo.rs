//! `lmsctl batch undo`

use clap::Args;

use super::{lines, page, pick};
use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result};

/// Take a batch back: what nobody changed since goes back to what it was
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl batch undo 8 --dry-run",
    "lmsctl batch undo 8",
    "lmsctl batch undo 5      # exit 4: settings are set back by hand",
])]
pub(crate) struct UndoArgs {
    /// Its number, as `batch list` shows it, or its operation id
    batch: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

impl UndoArgs {
    /// Of an operation that another command knows.
    pub(crate) fn of(operation: String, dry_run: DryRunArgs) -> Self {
        Self { batch: Some(operation), dry_run }
    }
}

pub(crate) async fn run(app: &App, args: UndoArgs) -> Result {
    let session = app.open().await?;
    let batches = session.lms.batches();
    let which = pick(app, &session, args.batch, |batch| batch.undone_by.is_none()).await?;
    let plan = batches.plan_undo(&session.actor, &which).await?;
    let seq = plan.batch.seq;
    if let Some(by) = plan.batch.undone_by {
        app.output.present(&plan, &lines(&plan.parts), String::new)?;
        app.output.done(&format!("operation {seq} was taken back already, by operation {by}"));
        return Ok(Exit::Done);
    }
    let n_changes = plan.parts.restored.len();
    let question = format!("Take operation {seq} back?");
    let looked = Look {
        dry_run: args.dry_run,
        n_changes,
        question: (n_changes > 0).then_some(question.as_str()),
    };
    let next = look(app, &plan, &lines(&plan.parts), &|| page(app, &plan.parts), &looked)?;
    let was_shown = match next {
        Next::Stop(exit) => return Ok(exit),
        Next::GoOn { was_shown } => was_shown,
    };
    let outcome = batches.undo(&session.actor, plan).await?;
    let parts = &outcome.parts;
    done(app, &outcome, &lines(parts), &|| page(app, parts), was_shown)?;
    let counts = [
        ("restored", parts.restored.len()),
        ("kept", parts.kept.len()),
        ("blocked", parts.blocked.len()),
    ];
    let told = format!(
        "took operation {seq} back: {} restored, {} kept, {} blocked",
        parts.restored.len(),
        parts.kept.len(),
        parts.blocked.len()
    );
    let counts = counts.map(|(name, n)| (name, i64::try_from(n).unwrap_or(i64::MAX)));
    app.output.done_with(
        if outcome.operation.is_some() { &told } else { "nothing to take back: all is as before" },
        &counts,
    );
    Ok(Exit::Done)
}
