//! `lmsctl report verify`

use std::path::PathBuf;

use clap::Args;
use lms_reports::{Difference, Verified};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::{Cell, Column, Row, counted, keep, prose};

/// Compute a report again from its file and compare: was it changed, do the data still say so
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report verify audit.xlsx",
    "lmsctl report verify audit.html -o json",
])]
pub(crate) struct VerifyArgs {
    /// The .xlsx, .html or .json that `lmsctl report` wrote
    file: PathBuf,
}

pub(crate) async fn run(app: &App, args: VerifyArgs) -> Result {
    let session = app.open().await?;
    let mut progress = app.output.progress("reading");
    let mut at = |done, total| progress.at(done, total);
    let verified = lms_reports::verify(&args.file, &session.lms, &session.actor, &mut at).await?;
    progress.finish();
    app.output.present(&verified, &verified.differences, || {
        let mut page = app.output.card(&verified);
        if !verified.differences.is_empty() {
            page.push('\n');
        }
        page.push_str(&app.output.table(&verified.differences));
        page
    })?;
    if !verified.not_compared.is_empty() {
        let names = verified.not_compared.join(", ");
        app.output.note(&format!(
            "Not compared, because something was changed since entry {}: {names}.",
            verified.entry
        ));
    }
    if !verified.ok {
        let differences = counted(verified.n_differences, "difference", "differences");
        return Err(CHECK_FAILED
            .error(format!("`{}` is not what the data say: {differences}", args.file.display()))
            .with_hint(
                "write the report anew and compare; if nobody changed the file, look at the log \
                 with `lmsctl audit verify`",
            )
            .into());
    }
    let values = counted(verified.values, "value", "values");
    let count = i64::try_from(verified.values).unwrap_or(i64::MAX);
    let said = format!("the report holds: {values}, as of entry {}", verified.entry);
    app.output.done_with(&said, &[("values", count)]);
    Ok(Exit::Done)
}

impl Row for Verified {
    const COLUMNS: &'static [Column] = &[
        keep("ok"),
        keep("report"),
        keep("as_of"),
        keep("entry"),
        keep("values"),
        keep("n_differences"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Verdict(self.ok),
            self.report.as_str().into(),
            self.as_of.into(),
            self.entry.into(),
            i64::try_from(self.values).unwrap_or(i64::MAX).into(),
            i64::try_from(self.n_differences).unwrap_or(i64::MAX).into(),
        ]
    }
}

impl Row for Difference {
    const COLUMNS: &'static [Column] = &[keep("place"), prose("file"), prose("data")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.place.as_str().into(),
            self.file.as_deref().unwrap_or_default().into(),
            self.data.as_deref().unwrap_or_default().into(),
        ]
    }
}
