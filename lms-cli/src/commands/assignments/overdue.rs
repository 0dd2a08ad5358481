//! `lmsctl overdue`

use clap::Args;
use lms_core::AssignmentFilter;
use lms_core::engine::Status;

use super::{WhoArgs, assignment};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::Result;

/// Who is overdue with what, the longest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl overdue",
    "lmsctl overdue --department Engineering --total",
    "lmsctl overdue --manager ada@demo.example --all-reports -o csv",
])]
pub(crate) struct OverdueArgs {
    /// Training by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Also those within the days of grace
    #[arg(long)]
    late: bool,
    /// As of this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// Tell how many there are on all pages
    #[arg(long)]
    total: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    who: WhoArgs,
}

pub(crate) async fn run(app: &App, args: OverdueArgs) -> Result {
    let mut filter = AssignmentFilter::new().status(Status::Overdue);
    if args.late {
        filter = filter.status(Status::Late);
    }
    filter = args.trainings.iter().fold(filter, |filter, one| filter.training(one));
    filter = args.who.audience_or_all()?.into_iter().fold(filter, AssignmentFilter::audience);
    let session = app.open().await?;
    filter = filter.as_of(session.optional_day(args.as_of.as_deref()).await?);
    assignment::show(app, &session, filter, &args.page, args.total).await
}
