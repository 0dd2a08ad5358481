//! `lmsctl batch undo`

use clap::Args;
use lms_core::BatchFilter;

use super::{lines, page};
use crate::app::{App, Session};
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::plans::{Look, Next, done, look};
use crate::error::{Exit, Result, UNKNOWN_NAME};
use crate::output::Cell;

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

/// How many batches a picker offers.
const PICKED_FROM_MAX: u32 = 200;

pub(crate) async fn run(app: &App, args: UndoArgs) -> Result {
    let session = app.open().await?;
    let batches = session.lms.batches();
    let which = match args.batch {
        Some(which) => which,
        None => pick(app, &session).await?,
    };
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

async fn pick(app: &App, session: &Session) -> Result<String> {
    let question = "Which one?";
    app.prompt.need_terminal(question, "its number, as `lmsctl batch list` shows it")?;
    let filter = BatchFilter::new().limit(PICKED_FROM_MAX);
    let page = session.lms.batches().list(&session.actor, filter).await?;
    let open: Vec<_> = page.items.into_iter().filter(|batch| batch.undone_by.is_none()).collect();
    let items: Vec<String> = open
        .iter()
        .map(|batch| {
            let at = Cell::from(batch.recorded_at).shown();
            format!("{:>6}  {at}  {:<22} {}", batch.seq, batch.kind, batch.actor)
        })
        .collect();
    if items.is_empty() {
        return Err(UNKNOWN_NAME.error("there is nothing to take back").into());
    }
    let picked = app.prompt.pick(question, &items, "its number")?;
    Ok(open[picked].seq.to_string())
}
