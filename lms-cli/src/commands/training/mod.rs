//! `lmsctl training`: the catalog.

use clap::Subcommand;
use lms_core::{Training, TrainingProblem as Problem, TrainingVersion};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

pub(crate) mod add;
pub(crate) mod changes;
pub(crate) mod content;
pub(crate) mod edit;
pub(crate) mod equivalent;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod import;
pub(crate) mod item;
pub(crate) mod list;
pub(crate) mod module;
pub(crate) mod publish;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod versions;

/// Write, publish, find and exchange trainings
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl training list",
    "lmsctl training show GDPR-101",
    "lmsctl training export GDPR-101 --out gdpr-101.toml",
    "lmsctl training import gdpr-101.toml --publish",
])]
pub(crate) enum TrainingCommand {
    Add(Box<add::AddArgs>),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(Box<edit::EditArgs>),
    #[command(subcommand)]
    Module(module::ModuleCommand),
    #[command(subcommand)]
    Item(item::ItemCommand),
    #[command(subcommand)]
    Content(content::ContentCommand),
    Submit(status::SubmitArgs),
    Publish(publish::PublishArgs),
    Archive(status::ArchiveArgs),
    Clone(add::CloneArgs),
    Versions(versions::VersionsArgs),
    #[command(subcommand)]
    Equivalent(equivalent::EquivalentCommand),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
    Remove(status::RemoveArgs),
}

pub(crate) async fn run(app: &App, command: TrainingCommand) -> Result {
    match command {
        TrainingCommand::Add(args) => add::run(app, *args).await,
        TrainingCommand::List(args) => list::run(app, args).await,
        TrainingCommand::Show(args) => show::run(app, args).await,
        TrainingCommand::Edit(args) => edit::run(app, *args).await,
        TrainingCommand::Module(command) => module::run(app, command).await,
        TrainingCommand::Item(command) => item::run(app, command).await,
        TrainingCommand::Content(command) => content::run(app, command).await,
        TrainingCommand::Submit(args) => status::submit(app, args).await,
        TrainingCommand::Publish(args) => publish::run(app, args).await,
        TrainingCommand::Archive(args) => status::archive(app, args).await,
        TrainingCommand::Clone(args) => add::clone(app, args).await,
        TrainingCommand::Versions(args) => versions::run(app, args).await,
        TrainingCommand::Equivalent(command) => equivalent::run(app, command).await,
        TrainingCommand::Export(args) => export::run(app, args).await,
        TrainingCommand::Import(args) => import::run(app, args).await,
        TrainingCommand::Remove(args) => status::remove(app, args).await,
    }
}

impl Row for Training {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("title"),
        keep("status"),
        keep("version"),
        drop_first("draft"),
        drop_first("category"),
        drop_first("delivery"),
        drop_first("duration_minutes"),
        drop_first("validity_months"),
        apart("difficulty"),
        apart("languages"),
        apart("tags"),
        apart("template"),
        apart("created_at"),
        apart("updated_at"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.title.as_str().into(),
            self.status.as_str().into(),
            self.version.map(|version| version.to_string()).into(),
            self.draft.map(|version| version.to_string()).into(),
            self.category.clone().into(),
            self.delivery.as_str().into(),
            self.duration_minutes.map(i64::from).into(),
            self.validity_months.map(i64::from).into(),
            self.difficulty.map(|difficulty| difficulty.as_str().to_owned()).into(),
            (&self.languages).into(),
            (&self.tags).into(),
            if self.template { "yes" } else { "no" }.into(),
            self.created_at.into(),
            self.updated_at.into(),
            self.id.to_string().into(),
        ]
    }
}

impl Row for TrainingVersion {
    const COLUMNS: &'static [Column] = &[
        keep("version"),
        keep("state"),
        shrink("title"),
        keep("published_at"),
        drop_first("require_retraining_by"),
        apart("created_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.version.to_string().into(),
            self.state.as_str().into(),
            self.title.as_str().into(),
            self.published_at.into(),
            self.require_retraining_by.map(|day| day.to_string()).into(),
            self.created_at.into(),
        ]
    }
}

impl Row for Problem {
    const COLUMNS: &'static [Column] = &[keep("path"), shrink("message")];

    fn cells(&self) -> Vec<Cell> {
        vec![self.path.as_str().into(), self.message.as_str().into()]
    }
}
