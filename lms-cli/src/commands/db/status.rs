//! `lmsctl db status`

use clap::Args;
use lms_core::{DatabaseStatus, SchemaMode, SchemaState};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, keep, shrink};

/// Show which database it is, its schema and its size
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl db status", "lmsctl db status --output json"])]
pub(crate) struct StatusArgs {}

pub(crate) async fn run(app: &App, _: StatusArgs) -> Result {
    let session = app.open_as(SchemaMode::Any).await?;
    let status = session.lms.database().status(&session.actor).await?;
    app.output.present(&status, std::slice::from_ref(&status), || {
        let mut page = app.output.card(&status);
        if !status.tables.is_empty() {
            page.push('\n');
            page.push_str(&app.output.table(&status.tables));
        }
        page
    })?;
    match status.state {
        SchemaState::Empty => app.output.hint("set it up with `lmsctl init`"),
        SchemaState::Older => app.output.hint("bring it up to date with `lmsctl db migrate`"),
        SchemaState::Newer => app.output.hint("it was made by a newer program: update this one"),
        _ => {}
    }
    Ok(Exit::Done)
}

pub(crate) fn state_name(state: SchemaState) -> &'static str {
    match state {
        SchemaState::Empty => "empty",
        SchemaState::Older => "older than this program",
        SchemaState::Current => "current",
        SchemaState::Newer => "newer than this program",
        _ => "unknown",
    }
}

impl Row for DatabaseStatus {
    const COLUMNS: &'static [Column] = &[
        keep("engine"),
        keep("server_version"),
        shrink("location"),
        keep("state"),
        keep("schema_version"),
        keep("program_schema_version"),
        shrink("pending"),
        keep("size_bytes"),
        keep("head_seq"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.engine.as_str().into(),
            self.server_version.as_str().into(),
            self.location.as_str().into(),
            state_name(self.state).into(),
            self.schema_version.into(),
            self.program_schema_version.into(),
            (&self.pending).into(),
            self.size_bytes.into(),
            self.head_seq.into(),
        ]
    }
}
