//! `lmsctl training content adopt`

use clap::Args;
use lms_core::StoreOwner;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::plans::{Look, Next, look};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, drop_first, keep, shrink};

/// Take the store of files over, for a database that takes the place of the one it belongs to
///
/// A store belongs to one database, because a sweep takes away what its database does not know. A
/// database that was restored from a backup is another one, and reads only, until it takes the store
/// over; from then on the first one is refused. The dry run says whose the store is.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training content adopt --dry-run",
    "lmsctl training content adopt --yes",
])]
pub(crate) struct AdoptArgs {
    #[command(flatten)]
    dry_run: DryRunArgs,
}

impl Row for StoreOwner {
    const COLUMNS: &'static [Column] = &[
        shrink("place"),
        keep("is_own"),
        keep("organisation"),
        drop_first("since"),
        drop_first("database"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.place.as_str().into(),
            if self.is_own { "yes" } else { "no" }.into(),
            self.organisation.clone().into(),
            self.since.map(|at| at.to_string()).into(),
            self.database.clone().into(),
        ]
    }
}

pub(crate) async fn run(app: &App, args: AdoptArgs) -> Result {
    let session = app.open_with_files().await?;
    let content = session.lms.content();
    let plan = content.plan_adopt(&session.actor).await?;
    let rows = std::slice::from_ref(&plan);
    let n_changes = usize::from(!plan.is_own);
    let question = match &plan.organisation {
        Some(whose) => format!("Take the store over from the database of `{whose}`?"),
        None => "Make the store this database's own?".to_owned(),
    };
    let asked =
        Look { dry_run: args.dry_run, n_changes, question: (n_changes > 0).then_some(&*question) };
    if let Next::Stop(exit) = look(app, &plan, rows, &|| app.output.table(rows), &asked)? {
        return Ok(exit);
    }
    let outcome = content.adopt(&session.actor).await?;
    changed(app, &outcome, &format!("the owner of `{}`", outcome.value.place))?;
    Ok(Exit::Done)
}
