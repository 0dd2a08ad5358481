//! `lmsctl batch show`

use clap::Args;
use lms_core::BatchSample;
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, keep, shrink};

/// Show a batch and the first records that it changed
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl batch show 8",
    "lmsctl batch show 8 --output json",
])]
pub(crate) struct ShowArgs {
    /// Its number, as `batch list` shows it, or its operation id
    batch: Option<String>,
}

/// A field of a record, before and after.
#[derive(Serialize)]
struct FieldLine<'a> {
    sample: &'a BatchSample,
    field: &'a str,
    before: Option<&'a String>,
    after: Option<&'a String>,
}

pub(crate) async fn run(app: &App, args: ShowArgs) -> Result {
    let session = app.open().await?;
    let batch = super::pick(app, &session, args.batch, |_| true).await?;
    let detail = session.lms.batches().show(&session.actor, &batch).await?;
    let lines: Vec<FieldLine<'_>> = detail.samples.iter().flat_map(lines).collect();
    app.output.present(&detail, &lines, || {
        let shown = i64::try_from(detail.samples.len()).unwrap_or(i64::MAX);
        let title = match detail.batch.n_records - shown {
            0 => "Changed".to_owned(),
            _ => format!("Changed; the first {shown} of {} records", detail.batch.n_records),
        };
        let card = app.output.card(&detail.batch);
        format!("{card}\n{}{}", app.output.heading(&title), app.output.table(&lines))
    })?;
    if detail.batch.undone_by.is_none() {
        app.output.hint(&format!(
            "`lmsctl batch undo {} --dry-run` shows the way back",
            detail.batch.seq
        ));
    }
    Ok(Exit::Done)
}

fn lines(sample: &BatchSample) -> impl Iterator<Item = FieldLine<'_>> {
    sample.changed.iter().map(move |change| FieldLine {
        sample,
        field: &change.field,
        before: change.before.as_ref(),
        after: change.after.as_ref(),
    })
}

impl Row for FieldLine<'_> {
    const COLUMNS: &'static [Column] = &[
        apart("subject_type"),
        shrink("subject"),
        keep("field"),
        shrink("before"),
        shrink("after"),
        apart("subject_id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.sample.subject_type.as_str().into(),
            self.sample.subject.as_str().into(),
            self.field.into(),
            self.before.cloned().into(),
            self.after.cloned().into(),
            self.sample.subject_id.map(|id| id.to_string()).into(),
        ]
    }
}
