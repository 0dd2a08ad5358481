//! `lmsctl history`

use clap::Args;
use lms_core::{FieldChange, HistoryEntry, HistoryFilter, PersonStatus};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::paging::PageArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose};

/// Show everything that happened to a person
///
/// What happened to their account and its tokens is told to whoever may see accounts.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl history 00104",
    "lmsctl history ada@demo.example --oldest-first --all",
    "lmsctl history 00104 --output json",
])]
pub(crate) struct HistoryArgs {
    /// E-mail, employee number, user name or id; also the id of a merged or erased record
    person: Option<String>,
    /// In the order in which it happened
    #[arg(long)]
    oldest_first: bool,
    #[command(flatten)]
    page: PageArgs,
}

pub(crate) async fn run(app: &App, args: HistoryArgs) -> Result {
    let session = app.open().await?;
    let person = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let filter = HistoryFilter::new().oldest_first(args.oldest_first);
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.people().history(&session.actor, &person, filter).await
        })
        .await?;
    app.output.list(&list, "entry", "entries")?;
    Ok(Exit::Done)
}

impl Row for HistoryEntry {
    const COLUMNS: &'static [Column] = &[
        keep("seq"),
        drop_first("recorded_at"),
        keep("kind"),
        keep("from"),
        prose("changed"),
        drop_first("actor"),
        prose("reason"),
        apart("subject_type"),
        apart("operation_id"),
        apart("merged_record"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.seq.into(),
            self.recorded_at.into(),
            self.kind.as_str().into(),
            self.from.map(|day| day.to_string()).into(),
            Cell::List(self.changed.iter().map(told).collect()),
            self.actor.as_str().into(),
            self.reason.clone().into(),
            self.subject_type.as_str().into(),
            self.operation_id.to_string().into(),
            self.merged_record.map(|id| id.to_string()).into(),
        ]
    }
}

/// `department ENG → SALES`
fn told(change: &FieldChange) -> String {
    match (&change.before, &change.after) {
        (None, Some(after)) => format!("{} {after}", change.field),
        (Some(before), None) => format!("{} {before} → nothing", change.field),
        (Some(before), Some(after)) => format!("{} {before} → {after}", change.field),
        (None, None) => change.field.clone(),
    }
}
