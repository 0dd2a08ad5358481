//! `lmsctl audit show`

use clap::Args;
use lms_core::{AuditEntry, AuditFilter, Change};
use serde::Serialize;
use serde_json::Value;

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::picking::{Choice, Question, named_or_picked};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, drop_first, keep, prose};

/// Show one operation with everything it changed
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl audit show 1",
    "lmsctl audit show 1 --output json",
])]
pub(crate) struct ShowArgs {
    /// Its number in the log, or its operation id
    operation: Option<String>,
}

/// How many operations a picker offers.
const PICKED_FROM_MAX: u32 = 200;

/// A field of a record, before and after.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct FieldLine {
    subject: String,
    id: Option<String>,
    field: String,
    before: Option<String>,
    after: Option<String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let which = pick(app, &session, args.operation).await?;
    let detail = session.lms.audit().show(&session.actor, &which).await?;
    let lines: Vec<FieldLine> = detail.changes.iter().flat_map(field_lines).collect();
    app.output.present(&detail, &lines, || {
        let card = app.output.card(&detail.entry);
        if lines.is_empty() {
            return format!("{card}\nNo record was changed.\n");
        }
        format!("{card}\n{}", app.output.table(&lines))
    })?;
    Ok(Exit::Done)
}

async fn pick(app: &App, session: &Session, named: Option<String>) -> Result<String> {
    let question = Question {
        asked: "Which operation?",
        answered_by: "its number, as `lmsctl audit list` shows it",
        none: "the audit log is empty",
    };
    named_or_picked(app, named, &question, async || {
        let filter = AuditFilter::new().limit(PICKED_FROM_MAX);
        let page = session.lms.audit().list(&session.actor, filter).await?;
        let choice = |entry: &AuditEntry| {
            let AuditEntry { seq, kind, actor, .. } = entry;
            let at = Cell::from(entry.recorded_at).shown();
            let shown = format!("{seq:>6}  {at}  {kind:<24} {actor}");
            Choice { shown, typed: seq.to_string() }
        };
        Ok(page.items.iter().map(choice).collect())
    })
    .await
}

/// The fields in which before and after differ.
fn field_lines(change: &Change) -> Vec<FieldLine> {
    let fields = |side: &Option<Value>| match side {
        Some(Value::Object(fields)) => fields.clone(),
        Some(other) => std::iter::once(("value".to_owned(), other.clone())).collect(),
        None => serde_json::Map::new(),
    };
    let (before, after) = (fields(&change.before), fields(&change.after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| FieldLine {
            subject: change.subject_type.clone(),
            id: change.subject_id.map(|id| id.to_string()),
            field: name.clone(),
            before: before.get(name).and_then(text),
            after: after.get(name).and_then(text),
        })
        .collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

impl Row for FieldLine {
    const COLUMNS: &'static [Column] =
        &[keep("subject"), keep("field"), prose("before"), prose("after"), drop_first("id")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.subject.as_str().into(),
            self.field.as_str().into(),
            self.before.clone().into(),
            self.after.clone().into(),
            self.id.clone().into(),
        ]
    }
}
