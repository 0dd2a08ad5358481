//! `lmsctl quiz`: what is asked together, files with questions and quizzes, and a look at a sheet.

use clap::Subcommand;
use lms_core::Quiz;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

pub(crate) mod add;
pub(crate) mod attempt;
pub(crate) mod attempts;
pub(crate) mod edit;
pub(crate) mod export;
pub(crate) mod grade;
pub(crate) mod import;
pub(crate) mod list;
mod play;
pub(crate) mod preview;
pub(crate) mod queue;
pub(crate) mod show;

/// Add, show, try and grade quizzes, and carry them in files
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl quiz list",
    "lmsctl quiz preview FIRE",
    "lmsctl quiz add EXITS \"Ways out\" --draw 2:escape --passing 100",
    "lmsctl quiz export FIRE > fire.toml",
    "lmsctl quiz import fire.toml --dry-run",
    "lmsctl quiz queue",
])]
pub(crate) enum QuizCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Preview(preview::PreviewArgs),
    Attempts(attempts::AttemptsArgs),
    Attempt(attempt::AttemptArgs),
    Queue(queue::QueueArgs),
    Grade(grade::GradeArgs),
}

pub(crate) async fn run(app: &App, command: QuizCommand) -> Result {
    match command {
        QuizCommand::Add(args) => add::run(app, args).await,
        QuizCommand::List(args) => list::run(app, args).await,
        QuizCommand::Show(args) => show::run(app, args).await,
        QuizCommand::Edit(args) => edit::run(app, args).await,
        QuizCommand::Import(args) => import::run(app, args).await,
        QuizCommand::Export(args) => export::run(app, args).await,
        QuizCommand::Preview(args) => preview::run(app, args).await,
        QuizCommand::Attempts(args) => attempts::run(app, args).await,
        QuizCommand::Attempt(args) => attempt::run(app, args).await,
        QuizCommand::Queue(args) => queue::run(app, args).await,
        QuizCommand::Grade(args) => grade::run(app, args).await,
    }
}

impl Row for Quiz {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("title"),
        keep("questions"),
        keep("passing_percent"),
        drop_first("time_limit_minutes"),
        drop_first("attempts_max"),
        apart("cool_down_hours"),
        apart("version"),
        apart("archived"),
        apart("id"),
        apart("created_at"),
        apart("updated_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.title.as_str().into(),
            self.questions.into(),
            self.passing_percent.into(),
            self.time_limit_minutes.into(),
            self.attempts_max.into(),
            self.cool_down_hours.into(),
            self.version.into(),
            if self.archived { "yes" } else { "no" }.into(),
            self.id.to_string().into(),
            self.created_at.into(),
            self.updated_at.into(),
        ]
    }
}
