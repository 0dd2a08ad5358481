//! `lmsctl audit list`

use clap::Args;
use lms_core::AuditFilter;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};

/// List what was done, the newest first
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl audit list",
    "lmsctl audit list --from -1w --kind settings.changed",
    "lmsctl audit list --actor admin --output csv",
])]
pub(crate) struct ListArgs {
    /// Only operations of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only what this one did
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// Only what touched this
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
    /// From this day on: YYYY-MM-DD, today, -1w
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    /// Up to and with this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let from = session.optional_day(args.from.as_deref()).await?;
    let until = session.optional_day(args.until.as_deref()).await?;
    // Days are those of the organisation, here as in the report.
    let zone = match (from, until) {
        (None, None) => None,
        _ => Some(session.lms.settings().show(&session.actor).await?.timezone),
    };
    let list = args
        .page
        .read(async |limit, cursor| {
            let mut filter = AuditFilter::new().page(limit, cursor);
            if let Some(kind) = &args.kind {
                filter = filter.kind(kind);
            }
            if let Some(actor) = &args.actor {
                filter = filter.actor(actor);
            }
            if let Some(subject) = &args.subject {
                filter = filter.subject(subject);
            }
            if let Some(zone) = &zone {
                filter = filter.days_in(zone);
            }
            if let Some(from) = from {
                filter = filter.from(from);
            }
            if let Some(until) = until {
                filter = filter.until(until);
            }
            session.lms.audit().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "operation", "operations")?;
    Ok(Exit::Done)
}
