//! `lmsctl explain`

use std::fmt::Write;

use clap::Args;
use lms_core::{Assignment, Day, PersonStatus};
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, drop_first, keep};

/// Why somebody has to do a training, or why not
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl explain ada@demo.example GDPR-101",
    "lmsctl explain 00104 GDPR-101 --as-of 2026-03-31 -o json",
])]
pub(crate) struct ExplainArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// Training by code
    training: Option<String>,
    /// On this day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, args: ExplainArgs) -> Result {
    let session = app.open().await?;
    let person = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let training = picking::training(app, &session, args.training).await?;
    let day = session.optional_day(args.as_of.as_deref()).await?;
    let told = session.lms.assignments().explain(&session.actor, &person, &training, day).await?;
    app.output.present(&told, &told.cycles, || {
        let mut page = app.output.heading(&format!("{} and {}", told.person, told.training));
        for sentence in &told.because {
            let _ = writeln!(page, "{sentence}.");
        }
        if !told.cycles.is_empty() {
            let cycles: Vec<Cycle<'_>> = told.cycles.iter().map(Cycle).collect();
            page.push('\n');
            page.push_str(&app.output.table(&cycles));
        }
        page
    })?;
    Ok(Exit::Done)
}

/// A cycle of the one training that is explained to one person.
#[derive(Serialize)]
struct Cycle<'a>(&'a Assignment);

impl Row for Cycle<'_> {
    const COLUMNS: &'static [Column] = &[
        keep("cycle"),
        keep("kind"),
        keep("status"),
        keep("assigned_on"),
        keep("due_on"),
        drop_first("overdue_on"),
        keep("closed_on"),
        drop_first("expires_on"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let Self(one) = self;
        let day = |day: Option<Day>| Cell::from(day.map(|day| day.to_string()));
        vec![
            one.cycle.into(),
            one.kind.as_str().into(),
            one.status.as_str().replace('_', " ").into(),
            day(Some(one.assigned_on)),
            day(one.due_on),
            day(one.overdue_on),
            day(one.closed_on),
            day(one.expires_on),
        ]
    }
}
