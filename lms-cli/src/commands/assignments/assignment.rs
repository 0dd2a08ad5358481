//! `lmsctl assignment list`

use clap::{Args, Subcommand};
use lms_core::engine::{Kind, Status};
use lms_core::{AssignmentFilter, AssignmentSort};

use super::WhoArgs;
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// See what people have to learn
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl assignment list --person ada@demo.example"])]
pub(crate) enum AssignmentCommand {
    List(ListArgs),
}

pub(crate) async fn run(app: &App, command: AssignmentCommand) -> Result {
    match command {
        AssignmentCommand::List(args) => list(app, args).await,
    }
}

/// List assignments, the earliest due first; those that are open, unless a status is asked for
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl assignment list --department Engineering --is due-soon --is late",
    "lmsctl assignment list --training GDPR-101 --closed --as-of 2026-03-31",
    "lmsctl assignment list --due-before +14d --kind mandatory --total",
])]
pub(crate) struct ListArgs {
    /// Training by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Such as overdue, late, due-soon, in-progress, completed; repeat for several
    #[arg(long = "is", value_name = "STATUS")]
    statuses: Vec<String>,
    /// Mandatory, recommended or optional; repeat for several
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Also those that are done or cancelled
    #[arg(long)]
    closed: bool,
    /// Only those that are due before this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    due_before: Option<String>,
    /// What they are on this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// By due-on, assigned-on, person or training; -due-on and so on: from the end
    #[arg(long, value_name = "FIELD", default_value = "due-on", allow_hyphen_values = true)]
    sort: String,
    /// Tell how many there are on all pages
    #[arg(long)]
    total: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    who: WhoArgs,
}

async fn list(app: &App, args: ListArgs) -> Result {
    let mut filter =
        AssignmentFilter::new().closed(args.closed).sort(AssignmentSort::parse(&args.sort)?);
    for text in &args.statuses {
        filter = filter.status(Status::parse(text)?);
    }
    for text in &args.kinds {
        filter = filter.kind(Kind::parse(text)?);
    }
    filter = args.trainings.iter().fold(filter, |filter, one| filter.training(one));
    filter = args.who.audience_or_all()?.into_iter().fold(filter, AssignmentFilter::audience);
    let session = app.open().await?;
    filter = filter
        .due_before(session.optional_day(args.due_before.as_deref()).await?)
        .as_of(session.optional_day(args.as_of.as_deref()).await?);
    show(app, &session, filter, &args.page, args.total, "no assignments").await
}

/// A list of assignments as it was asked for.
pub(super) async fn show(
    app: &App,
    session: &crate::app::Session,
    filter: AssignmentFilter,
    page: &PageArgs,
    wants_total: bool,
    none: &str,
) -> Result {
    let assignments = session.lms.assignments();
    let mut list = page
        .read(async |limit, cursor| {
            assignments.list(&session.actor, filter.clone().page(limit, cursor)).await
        })
        .await?;
    if wants_total {
        list.total = Some(assignments.count(&session.actor, &filter).await?);
    }
    app.output.list_or(&list, "assignment", "assignments", none)?;
    Ok(Exit::Done)
}
