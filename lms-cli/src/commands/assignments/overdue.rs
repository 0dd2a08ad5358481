//! `lmsctl overdue`

use clap::Args;
use lms_core::engine::Status;
use lms_core::{AssignmentFilter, GroupBy, OverdueQuery, OverdueRow};

use super::{WhoArgs, assignment};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, counted, drop_first, keep, shrink};

/// Who is overdue with what, the longest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl overdue",
    "lmsctl overdue --department Engineering --total",
    "lmsctl overdue --manager ada@demo.example --all-reports -o csv",
    "lmsctl overdue --by manager",
    "lmsctl overdue --by training --department Engineering --as-of 2026-03-31",
])]
pub(crate) struct OverdueArgs {
    /// Training by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    /// Also those within the days of grace
    #[arg(long)]
    late: bool,
    /// How many in each department, training, manager's team, location or job-role
    #[arg(long, value_name = "GROUP", conflicts_with_all = ["late", "total", "limit", "cursor", "all", "fields"])]
    by: Option<String>,
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
    if let Some(by) = args.by.as_deref().map(GroupBy::parse).transpose()? {
        return by_group(app, args, by).await;
    }
    let mut filter = AssignmentFilter::new().status(Status::Overdue);
    if args.late {
        filter = filter.status(Status::Late);
    }
    filter = args.trainings.iter().fold(filter, |filter, one| filter.training(one));
    filter = args.who.audience_or_all()?.into_iter().fold(filter, AssignmentFilter::audience);
    let session = app.open().await?;
    filter = filter.as_of(session.optional_day(args.as_of.as_deref()).await?);
    assignment::show(app, &session, filter, &args.page, args.total, "nothing is overdue").await
}

async fn by_group(app: &App, args: OverdueArgs, by: GroupBy) -> Result {
    let mut query = OverdueQuery::new().by(by);
    query = args.trainings.iter().fold(query, |query, one| query.training(one));
    query = args.who.audience_or_all()?.into_iter().fold(query, OverdueQuery::audience);
    let session = app.open().await?;
    query = query.as_of(session.optional_day(args.as_of.as_deref()).await?);
    let report = session.lms.analytics().overdue(&session.actor, query).await?;
    app.output.present(&report, &report.rows, || app.output.table(&report.rows))?;
    let total = &report.total;
    if total.assignments == 0 {
        app.output.done("nothing is overdue");
        return Ok(Exit::Done);
    }
    let number = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
    app.output.done(&format!(
        "{} overdue on {}, {} of them mandatory, of {}",
        counted(number(total.assignments), "assignment", "assignments"),
        report.as_of,
        total.mandatory,
        counted(number(total.people), "person", "people"),
    ));
    Ok(Exit::Done)
}

impl Row for OverdueRow {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        keep("assignments"),
        drop_first("mandatory"),
        keep("people"),
        keep("since"),
        drop_first("longest_days"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let figures = &self.figures;
        vec![
            self.code.clone().into(),
            self.name.as_str().into(),
            figures.assignments.into(),
            figures.mandatory.into(),
            figures.people.into(),
            figures.since.map(|day| day.to_string()).into(),
            figures.longest_days.map(i64::from).into(),
            self.id.map(|id| id.to_string()).into(),
        ]
    }
}
