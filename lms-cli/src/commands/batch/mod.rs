//! `lmsctl batch`: what changed many records, and the way back.

use clap::Subcommand;
use lms_core::{Batch, BatchFilter, UndoItem, UndoParts};
use serde::Serialize;

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::picking::{Choice, Question, named_or_picked};
use crate::commands::plans::{part, parts};
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod undo;

/// See what changed many records, and take it back
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl batch list",
    "lmsctl batch undo 8 --dry-run",
    "lmsctl batch undo 8",
])]
pub(crate) enum BatchCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Undo(undo::UndoArgs),
}

pub(crate) async fn run(app: &App, command: BatchCommand) -> Result {
    match command {
        BatchCommand::List(args) => list::run(app, args).await,
        BatchCommand::Show(args) => show::run(app, args).await,
        BatchCommand::Undo(args) => undo::run(app, args).await,
    }
}

/// How many batches a picker offers.
const PICKED_FROM_MAX: u32 = 200;

/// A batch of which this is true, where it has to be picked.
async fn pick(
    app: &App,
    session: &Session,
    named: Option<String>,
    is_meant: impl Fn(&Batch) -> bool,
) -> Result<String> {
    let question = Question {
        asked: "Which one?",
        answered_by: "its number, as `lmsctl batch list` shows it",
        none: "there is nothing that could be taken back",
    };
    named_or_picked(app, named, &question, async || {
        let filter = BatchFilter::new().limit(PICKED_FROM_MAX);
        let page = session.lms.batches().list(&session.actor, filter).await?;
        let choice = |batch: &Batch| {
            let Batch { seq, kind, actor, .. } = batch;
            let at = Cell::from(batch.recorded_at).shown();
            Choice { shown: format!("{seq:>6}  {at}  {kind:<22} {actor}"), typed: seq.to_string() }
        };
        Ok(page.items.iter().filter(|batch| is_meant(batch)).map(choice).collect())
    })
    .await
}

impl Row for Batch {
    const COLUMNS: &'static [Column] = &[
        keep("seq"),
        keep("recorded_at"),
        keep("kind"),
        shrink("actor"),
        drop_first("counts"),
        drop_first("undoes"),
        keep("undone_by"),
        drop_first("reason"),
        apart("n_records"),
        apart("operation_id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let counts = self.counts.iter().map(|(name, count)| format!("{name}: {count}")).collect();
        vec![
            self.seq.into(),
            self.recorded_at.into(),
            self.kind.as_str().into(),
            self.actor.as_str().into(),
            Cell::List(counts),
            self.undoes.into(),
            self.undone_by.into(),
            self.reason.clone().into(),
            self.n_records.into(),
            self.operation_id.to_string().into(),
        ]
    }
}

/// A line of the three parts of an undo.
#[derive(Serialize)]
struct Line<'a> {
    part: &'static str,
    #[serde(flatten)]
    item: &'a UndoItem,
}

impl Line<'_> {
    /// What every part has in a table: whose it is, what it is and what it would be, and when.
    fn shown(&self) -> Vec<Cell> {
        let item = self.item;
        let days = match (item.from, item.until) {
            (Some(from), Some(until)) => Some(format!("{from} until {until}")),
            (Some(from), None) => Some(format!("from {from}")),
            _ => None,
        };
        vec![
            item.subject.as_str().into(),
            item.field.as_str().into(),
            item.now.clone().into(),
            item.back_to.clone().into(),
            days.into(),
        ]
    }
}

impl Row for Line<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("part"),
        keep("subject_type"),
        keep("subject"),
        keep("field"),
        keep("now"),
        keep("back_to"),
        keep("from"),
        keep("until"),
        keep("why"),
        keep("subject_id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let item = self.item;
        vec![
            self.part.into(),
            item.subject_type.as_str().into(),
            item.subject.as_str().into(),
            item.field.as_str().into(),
            item.now.clone().into(),
            item.back_to.clone().into(),
            item.from.map(|day| day.to_string()).into(),
            item.until.map(|day| day.to_string()).into(),
            item.why.clone().into(),
            item.subject_id.to_string().into(),
        ]
    }
}

/// What goes back.
#[derive(Serialize)]
struct Restored<'a>(Line<'a>);

impl Row for Restored<'_> {
    const COLUMNS: &'static [Column] =
        &[shrink("subject"), keep("field"), shrink("now"), shrink("back_to"), drop_first("days")];
    fn cells(&self) -> Vec<Cell> {
        self.0.shown()
    }
}

/// What stays, and who changed it since.
#[derive(Serialize)]
struct Kept<'a>(Line<'a>);

impl Row for Kept<'_> {
    const COLUMNS: &'static [Column] = &[
        shrink("subject"),
        keep("field"),
        shrink("now"),
        shrink("back_to"),
        drop_first("days"),
        keep("changed_by"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let mut cells = self.0.shown();
        let by = self.0.item.changed_by.as_ref();
        cells.push(by.map(|by| format!("{} in {}", by.actor, by.seq)).into());
        cells
    }
}

/// What cannot go back, and why.
#[derive(Serialize)]
struct Blocked<'a>(Line<'a>);

impl Row for Blocked<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("subject"),
        keep("field"),
        drop_first("now"),
        drop_first("back_to"),
        drop_first("days"),
        prose("why"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let mut cells = self.0.shown();
        cells.push(self.0.item.why.clone().into());
        cells
    }
}

/// All lines, in the order of the parts.
fn lines(of: &UndoParts) -> Vec<Line<'_>> {
    let parts = [("restored", &of.restored), ("kept", &of.kept), ("blocked", &of.blocked)];
    let lines = parts
        .into_iter()
        .flat_map(|(part, items)| items.iter().map(move |item| Line { part, item }));
    lines.collect()
}

/// The three parts as people read them.
fn page(app: &App, of: &UndoParts) -> String {
    let of_part =
        |wanted: &'static str| lines(of).into_iter().filter(move |line| line.part == wanted);
    let restored: Vec<Restored<'_>> = of_part("restored").map(Restored).collect();
    let kept: Vec<Kept<'_>> = of_part("kept").map(Kept).collect();
    let blocked: Vec<Blocked<'_>> = of_part("blocked").map(Blocked).collect();
    let all = [
        part(app, "Goes back", &restored),
        part(app, "Stays, because it was changed since", &kept),
        part(app, "Cannot go back", &blocked),
    ];
    if all.iter().all(String::is_empty) {
        return "Everything is as it was before already.\n".to_owned();
    }
    parts(&all)
}
