//! `lmsctl exception`: what waits for somebody to decide.

use clap::{Args, Subcommand};
use lms_core::{Exception, ExceptionFilter, Resolution};

use super::{WhoArgs, because};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result, USAGE};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

/// Decide what could not be assigned as asked
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl exception list"])]
pub(crate) enum ExceptionCommand {
    List(ListArgs),
    Resolve(ResolveArgs),
}

pub(crate) async fn run(app: &App, command: ExceptionCommand) -> Result {
    match command {
        ExceptionCommand::List(args) => list(app, args).await,
        ExceptionCommand::Resolve(args) => resolve(app, args).await,
    }
}

/// List what waits for a decision, the oldest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl exception list --department Sales",
    "lmsctl exception list --training GDPR-101 --resolved",
])]
pub(crate) struct ListArgs {
    /// Training by code
    #[arg(long, value_name = "TRAINING")]
    training: Option<String>,
    /// Also what was decided
    #[arg(long)]
    resolved: bool,
    #[command(flatten)]
    page: PageArgs,
    #[command(flatten)]
    who: WhoArgs,
}

async fn list(app: &App, args: ListArgs) -> Result {
    let mut filter = ExceptionFilter::new().resolved(args.resolved);
    filter = args.training.iter().fold(filter, |filter, one| filter.training(one));
    filter = args.who.audience_or_all()?.into_iter().fold(filter, ExceptionFilter::audience);
    let session = app.open().await?;
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.assignments().exceptions(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "exception", "exceptions")?;
    Ok(Exit::Done)
}

impl Row for Exception {
    const COLUMNS: &'static [Column] = &[
        shrink("person"),
        keep("training"),
        keep("because"),
        keep("due_on"),
        keep("parked_on"),
        drop_first("resolved_as"),
        keep("id"),
        apart("resolved_on"),
        apart("person_id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.as_str().into(),
            self.training.as_str().into(),
            self.because.replace('_', " ").into(),
            self.due_on.map(|day| day.to_string()).into(),
            self.parked_on.to_string().into(),
            self.resolved_as.clone().into(),
            self.id.to_string().into(),
            self.resolved_on.map(|day| day.to_string()).into(),
            self.person_id.to_string().into(),
        ]
    }
}

/// Decide one: assign it with a due day of its own, or not at all
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl exception resolve 01900000-0000-7000-8000-000000000000 --due +30d      # exit 7: nothing waits",
    "lmsctl exception resolve 01900000-0000-7000-8000-000000000000 --dismiss      # exit 7: nothing waits",
])]
pub(crate) struct ResolveArgs {
    /// Its id, as `exception list` shows it
    exception: String,
    /// Assign it, due on this day; `never` for no due day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    due: Option<String>,
    /// Do not assign it
    #[arg(long, conflicts_with = "due")]
    dismiss: bool,
    /// Why; it is kept in the audit log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

async fn resolve(app: &App, args: ResolveArgs) -> Result {
    let id = args.exception.trim().parse().map_err(|_| {
        USAGE
            .error(format!("`{}` is not the id of an exception", args.exception))
            .with_hint("`lmsctl exception list` shows the ids")
    })?;
    if args.due.is_none() && !args.dismiss {
        return Err(USAGE
            .error("it is not said what is decided")
            .with_hint("`--due DAY` assigns it, `--dismiss` does not")
            .into());
    }
    let session = app.open().await?;
    let resolution = match args.due.as_deref() {
        None => Resolution::Dismiss,
        Some("never") => Resolution::Assign(None),
        Some(day) => Resolution::Assign(Some(session.day(day).await?)),
    };
    let actor = because(&session, args.reason.as_deref());
    let operation = session.lms.assignments().resolve_exception(&actor, id, resolution).await?;
    app.output.done(match (operation, resolution) {
        (None, _) => "it was decided so already",
        (Some(_), Resolution::Assign(_)) => "assigned",
        (Some(_), Resolution::Dismiss) => "dismissed",
    });
    Ok(Exit::Done)
}
