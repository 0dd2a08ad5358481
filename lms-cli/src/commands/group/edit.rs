//! `lmsctl group edit`

use std::path::PathBuf;

use clap::Args;
use lms_core::GroupChange;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::commands::changes::{ChangePlan, changed};
use crate::commands::people_file;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Rename a group, change who is on its list, or whom it asks for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl group edit WORKS-COUNCIL --add 00103 --since 2027-01-01",
    "lmsctl group edit WORKS-COUNCIL --remove 00103 --remove 00111 --dry-run",
    "lmsctl group edit GERMAN-ENGINEERS --department ENG --location BER --not-job-role LEAD",
    "lmsctl group edit GERMAN-ENGINEERS --name \"Engineers in Germany\"",
])]
pub(crate) struct EditArgs {
    /// Code or name
    group: Option<String>,
    /// New code
    #[arg(long)]
    code: Option<String>,
    /// New name
    #[arg(long)]
    name: Option<String>,
    /// Somebody who comes onto the list; repeat for several
    #[arg(long, value_name = "PERSON")]
    add: Vec<String>,
    /// Somebody who leaves the list; repeat for several
    #[arg(long, value_name = "PERSON")]
    remove: Vec<String>,
    /// File with those who come, one a line or in the first column of a CSV; - is input
    #[arg(long, value_name = "FILE", visible_alias = "from")]
    add_from: Option<PathBuf>,
    /// File with those who leave
    #[arg(long, value_name = "FILE")]
    remove_from: Option<PathBuf>,
    /// List and audience hold from this day on; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let (mut add, mut remove) = (args.add, args.remove);
    for (file, people) in [(&args.add_from, &mut add), (&args.remove_from, &mut remove)] {
        if let Some(file) = file {
            people.extend(people_file::read(file)?);
        }
    }
    let count = add.len() + remove.len();
    let mut change = GroupChange::new().add_members(add).remove_members(remove);
    if let Some(code) = &args.code {
        change = change.code(code);
    }
    if let Some(name) = &args.name {
        change = change.name(name);
    }
    if !args.audience.is_empty() {
        change = change.audience(args.audience.audience()?);
    }
    let session = app.open().await?;
    if let Some(day) = session.optional_day(args.since.as_deref()).await? {
        change = change.from(day);
    }
    let group = picking::group(app, &session, args.group).await?;
    let people = session.lms.people();
    if args.dry_run.dry_run || count > 1 {
        let planned = people.plan_group(&session.actor, &group, change.clone()).await?;
        if args.dry_run.dry_run {
            let plan = ChangePlan { dry_run: true, changed: planned };
            app.output.present(&plan, &plan.changed, || app.output.table(&plan.changed))?;
            let found = !plan.changed.is_empty();
            app.output.done(if found {
                "dry run: the group would change; nothing was changed"
            } else {
                "dry run: nothing would change"
            });
            return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, found));
        }
        if app.prompt.asks() {
            app.output.aside(&app.output.table(&planned));
        }
        if !planned.is_empty() {
            app.prompt.confirm(&format!("Change the list of `{group}`?"))?;
        }
    }
    let outcome = people.edit_group(&session.actor, &group, change).await?;
    changed(app, &outcome, &format!("group `{}`", outcome.value.code))?;
    Ok(Exit::Done)
}
