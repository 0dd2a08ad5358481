//! `lmsctl waitlist`

use clap::{Args, Subcommand};
use lms_core::AssignmentFilter;
use lms_core::engine::Status;

use super::{WhoArgs, assignment};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::Result;

/// See who waits for a seat
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl waitlist list"])]
pub(crate) enum WaitlistCommand {
    List(ListArgs),
}

pub(crate) async fn run(app: &App, command: WaitlistCommand) -> Result {
    match command {
        WaitlistCommand::List(args) => list(app, args).await,
    }
}

/// List who waits for a seat; seats go to those who came first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl waitlist list --training FIRST-AID",
    "lmsctl waitlist list --fields person,training,waiting_since",
])]
pub(crate) struct ListArgs {
    /// Training by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Tell how many there are on all pages
    #[arg(long)]
    total: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    who: WhoArgs,
}

async fn list(app: &App, args: ListArgs) -> Result {
    let mut filter = AssignmentFilter::new().status(Status::Waitlisted);
    filter = args.trainings.iter().fold(filter, |filter, one| filter.training(one));
    filter = args.who.audience_or_all()?.into_iter().fold(filter, AssignmentFilter::audience);
    let session = app.open().await?;
    assignment::show(app, &session, filter, &args.page, args.total, "nobody waits").await
}
