//! `lmsctl question`: the bank that quizzes ask from.

use clap::Subcommand;
use lms_core::{Question, QuestionKind};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, keep, shrink};

pub(crate) mod add;
pub(crate) mod archive;
pub(crate) mod edit;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod show;

/// Add, show, change and archive what quizzes ask
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl question list --tag escape",
    "lmsctl question show FIRE-01",
    "lmsctl question add FIRE-20 true-false \"Lifts may be used in a fire\" --answer false",
    "lmsctl quiz export > questions.toml    # more than a few are easier to write in a file",
    "lmsctl question export --format gift --out fire.gift --tag fire-safety    # for Moodle",
])]
pub(crate) enum QuestionCommand {
    Add(Box<add::AddArgs>),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Archive(archive::ArchiveArgs),
    Restore(archive::RestoreArgs),
    Export(export::ExportArgs),
}

pub(crate) async fn run(app: &App, command: QuestionCommand) -> Result {
    match command {
        QuestionCommand::Add(args) => add::run(app, *args).await,
        QuestionCommand::List(args) => list::run(app, args).await,
        QuestionCommand::Show(args) => show::run(app, args).await,
        QuestionCommand::Edit(args) => edit::run(app, args).await,
        QuestionCommand::Archive(args) => archive::archive(app, args).await,
        QuestionCommand::Restore(args) => archive::restore(app, args).await,
        QuestionCommand::Export(args) => export::run(app, args).await,
    }
}

/// Reads the name of a kind.
pub(super) fn kind(text: &str) -> std::result::Result<QuestionKind, String> {
    QuestionKind::parse(text).map_err(|error| error.hints().join(" "))
}

impl Row for Question {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        keep("kind"),
        keep("points"),
        shrink("tags"),
        shrink("text"),
        apart("version"),
        apart("archived"),
        apart("id"),
        apart("created_at"),
        apart("updated_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.kind.as_str().into(),
            self.points.to_string().into(),
            (&self.tags).into(),
            self.text.as_str().into(),
            self.version.into(),
            if self.archived { "yes" } else { "no" }.into(),
            self.id.to_string().into(),
            self.created_at.into(),
            self.updated_at.into(),
        ]
    }
}
