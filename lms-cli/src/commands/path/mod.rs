//! `lmsctl path`: trainings in order, some of them elective.

use clap::Subcommand;
use lms_core::LearningPath;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

pub(crate) mod add;
pub(crate) mod edit;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod publish;
pub(crate) mod show;
pub(crate) mod status;

/// Put trainings in order into learning paths
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl path list",
    "lmsctl path show NEW-HIRE",
    "lmsctl path add NEW-LEAD \"Leading for the first time\" --step CODE-OF-CONDUCT --step LEAD-100",
    "lmsctl path publish NEW-HIRE --dry-run",
])]
pub(crate) enum PathCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(Box<edit::EditArgs>),
    Publish(publish::PublishArgs),
    Archive(status::ArchiveArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
    Remove(status::RemoveArgs),
}

pub(crate) async fn run(app: &App, command: PathCommand) -> Result {
    match command {
        PathCommand::Add(args) => add::run(app, args).await,
        PathCommand::List(args) => list::run(app, args).await,
        PathCommand::Show(args) => show::run(app, args).await,
        PathCommand::Edit(args) => edit::run(app, *args).await,
        PathCommand::Publish(args) => publish::run(app, args).await,
        PathCommand::Archive(args) => status::archive(app, args).await,
        PathCommand::Export(args) => export::run(app, args).await,
        PathCommand::Import(args) => import::run(app, args).await,
        PathCommand::Remove(args) => status::remove(app, args).await,
    }
}

impl Row for LearningPath {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("title"),
        keep("status"),
        keep("version"),
        drop_first("draft"),
        drop_first("steps"),
        drop_first("trainings"),
        drop_first("category"),
        apart("tags"),
        apart("created_at"),
        apart("updated_at"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.title.as_str().into(),
            self.status.as_str().into(),
            self.version.map(i64::from).into(),
            self.draft.map(i64::from).into(),
            i64::from(self.steps).into(),
            i64::from(self.trainings).into(),
            self.category.clone().into(),
            (&self.tags).into(),
            self.created_at.into(),
            self.updated_at.into(),
            self.id.to_string().into(),
        ]
    }
}
