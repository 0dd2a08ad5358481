//! `lmsctl person erase`

use clap::Args;
use lms_core::{ErasePlan, ErasedPart, PersonStatus};
use serde::Serialize;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, counted, keep, prose};

/// Erase a person for good; what is counted stays without a name
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person erase 00110 --dry-run",
    "lmsctl person export 00110 --out katarzyna.json",
    "lmsctl person erase 00110 --reason \"request of 3 May\" --yes",
])]
pub(crate) struct EraseArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// Why, without a name: it stays in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

/// What an erasure would do, and that nothing was done.
#[derive(Serialize)]
struct Planned<'a> {
    dry_run: bool,
    #[serde(flatten)]
    plan: &'a ErasePlan,
}

pub(crate) async fn run(app: &App, args: EraseArgs) -> Result {
    let session = app.open().await?;
    let people = session.lms.people();
    let person = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let plan = people.plan_erase(&session.actor, &person).await?;
    if args.dry_run.dry_run {
        let planned = Planned { dry_run: true, plan: &plan };
        app.output.present(&planned, &plan.goes, || page(app, &plan))?;
        app.output.done("dry run: the person would be erased; nothing was changed");
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, true));
    }
    if app.prompt.asks() {
        app.output.aside(&page(app, &plan));
    }
    app.prompt.confirm(&format!("Erase {}? Nobody can bring them back.", plan.name))?;
    let reason = args.reason.as_deref();
    let erased = people.erase(&session.actor, &person, reason).await?;
    app.output.present(&erased, &plan.goes, || app.output.table(&plan.goes))?;
    if !erased.files_clean {
        app.output.note("the database file was in use and still has traces in its free space");
        app.output.hint(&format!("clean it with `lmsctl person erase {}`", erased.id));
    }
    let text = if erased.operation.is_none() {
        "nothing to erase: the person was erased before; the files were cleaned again".to_owned()
    } else {
        format!("erased the person; the record {} has no name any more", erased.id)
    };
    app.output.done_with(&text, &[("values", erased.values)]);
    Ok(Exit::Done)
}

fn page(app: &App, plan: &ErasePlan) -> String {
    let notes: Vec<String> = notes(plan).into_iter().map(|line| format!("  {line}\n")).collect();
    let parts = [
        (format!("What goes of {}", plan.name), app.output.table(&plan.goes)),
        ("What stays without a name".to_owned(), app.output.table(&plan.stays)),
        ("Think of".to_owned(), notes.concat()),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(title, text)| format!("{}{text}", app.output.heading(&title)))
        .collect();
    told.join("\n")
}

/// What somebody should know before they say yes.
fn notes(plan: &ErasePlan) -> Vec<String> {
    let mut notes = Vec::new();
    if plan.employed {
        notes.push("they are employed, and would be gone from today on".to_owned());
    }
    if let Some(account) = &plan.account {
        notes.push(format!("their account `{account}` is disabled and loses its name"));
    }
    if let Ok(reports @ 1..) = usize::try_from(plan.reports) {
        notes.push(format!("without a manager: {}", counted(reports, "person", "people")));
    }
    if !plan.leads.is_empty() {
        notes.push(format!("without a head or deputy: {}", plan.leads.join(", ")));
    }
    notes.push("backups that were made before still have everything".to_owned());
    notes
}

impl Row for ErasedPart {
    const COLUMNS: &'static [Column] = &[keep("rows"), prose("what")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.rows.into(), self.what.as_str().into()]
    }
}
