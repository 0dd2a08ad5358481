//! `lmsctl progress`

use clap::Args;
use lms_core::{Missing, ModuleProgress, TrainingProgress};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking::{self, EMPLOYED};
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

/// Show how far somebody is in a training
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl progress ada@demo.example FORKLIFT    # exit 1",
    "lmsctl quiz attempts --person ada@demo.example",
])]
pub(crate) struct ProgressArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// Code of the training
    training: Option<String>,
}

pub(crate) async fn run(app: &App, args: ProgressArgs) -> Result {
    let session = app.open().await?;
    let person = picking::person(app, &session, args.person, EMPLOYED).await?;
    let training = picking::training(app, &session, args.training).await?;
    let shown = session.lms.progress().show(&session.actor, Some(&person), &training).await?;
    app.output.present(&shown, &shown.modules, || {
        let missing: Vec<String> = shown.missing.iter().map(told).collect();
        let missing = match missing.as_slice() {
            [] => String::new(),
            some => format!("\n{}  {}\n", app.output.heading("Missing"), some.join("\n  ")),
        };
        format!("{}\n{}{missing}", app.output.card(&shown), app.output.table(&shown.modules))
    })?;
    Ok(Exit::Done)
}

fn told(missing: &Missing) -> String {
    match missing {
        Missing::Module { module } => format!("module {module}"),
        Missing::Quiz { quiz } => format!("quiz {quiz}"),
        Missing::Time { minutes } => format!("{minutes} minutes more"),
        Missing::Signature => "the text is not acknowledged".to_owned(),
        Missing::Instructor => "an instructor has to say so".to_owned(),
        other => other.what().to_owned(),
    }
}

impl Row for TrainingProgress {
    const COLUMNS: &'static [Column] = &[
        keep("person"),
        keep("training"),
        shrink("title"),
        keep("version"),
        keep("started_on"),
        keep("closed_on"),
        keep("seconds"),
        keep("signed_at"),
        apart("person_id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.person.as_str().into(),
            self.training.as_str().into(),
            self.title.as_str().into(),
            self.version.to_string().into(),
            self.started_on.map(|day| day.to_string()).into(),
            self.closed_on.map(|day| day.to_string()).into(),
            self.seconds.into(),
            self.signed_at.into(),
            self.person_id.to_string().into(),
        ]
    }
}

impl Row for ModuleProgress {
    const COLUMNS: &'static [Column] = &[
        keep("module"),
        shrink("title"),
        drop_first("required"),
        keep("percent"),
        keep("seconds"),
        keep("quizzes_open"),
        keep("done"),
        apart("position"),
        apart("updated_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let yes = |flag: bool| if flag { "yes" } else { "no" };
        vec![
            self.module.as_str().into(),
            self.title.as_str().into(),
            yes(self.required).into(),
            self.percent.into(),
            self.seconds.into(),
            (&self.quizzes_open).into(),
            yes(self.done).into(),
            self.position.clone().into(),
            self.updated_at.into(),
        ]
    }
}
