//! `lmsctl report list`

use clap::Args;
use lms_reports::Report;
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Listing, Row, keep, prose};

/// List the reports and what each answers
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl report list", "lmsctl report list --output json"])]
pub(crate) struct ListArgs {}

/// A report as the list shows it.
#[derive(Debug, Serialize)]
struct Listed {
    name: &'static str,
    title: &'static str,
    answers: &'static str,
}

pub(crate) fn run(app: &App, _: &ListArgs) -> Result {
    let reports: Vec<Listed> = Report::ALL
        .iter()
        .map(|report| Listed {
            name: report.name(),
            title: report.title(),
            answers: report.answers(),
        })
        .collect();
    app.output.list(&Listing::all(reports), "report", "reports")?;
    Ok(Exit::Done)
}

impl Row for Listed {
    const COLUMNS: &'static [Column] = &[keep("name"), keep("title"), prose("answers")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.name.into(), self.title.into(), self.answers.into()]
    }
}
