//! `lmsctl import`: files of other systems.

use clap::Subcommand;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

pub(crate) mod apply;
mod importing;
pub(crate) mod inspect;
pub(crate) mod landing;
pub(crate) mod list;
mod page;
pub(crate) mod people;
pub(crate) mod reading;
pub(crate) mod records;
mod rejects;
pub(crate) mod show;
pub(crate) mod undo;

/// Import files of other systems, and take imports back
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl import inspect people.csv",
    "lmsctl import people people.csv --dry-run",
    "lmsctl import completions records.csv --dry-run",
    "lmsctl import list",
])]
pub(crate) enum ImportCommand {
    Inspect(inspect::InspectArgs),
    People(people::PeopleArgs),
    Departments(records::DepartmentsArgs),
    Trainings(records::TrainingsArgs),
    Questions(records::QuestionsArgs),
    Completions(records::CompletionsArgs),
    Assignments(records::AssignmentsArgs),
    Exemptions(records::ExemptionsArgs),
    Leaves(records::LeavesArgs),
    Apply(apply::ApplyArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Undo(undo::UndoArgs),
}

pub(crate) async fn run(app: &App, command: ImportCommand) -> Result {
    match command {
        ImportCommand::Inspect(args) => inspect::run(app, &args),
        ImportCommand::People(args) => people::run(app, args).await,
        ImportCommand::Departments(args) => records::departments(app, args).await,
        ImportCommand::Trainings(args) => records::trainings(app, args).await,
        ImportCommand::Questions(args) => records::questions(app, args).await,
        ImportCommand::Completions(args) => records::completions(app, args).await,
        ImportCommand::Assignments(args) => records::assignments(app, args).await,
        ImportCommand::Exemptions(args) => records::exemptions(app, args).await,
        ImportCommand::Leaves(args) => records::leaves(app, args).await,
        ImportCommand::Apply(args) => apply::run(app, args).await,
        ImportCommand::List(args) => list::run(app, args).await,
        ImportCommand::Show(args) => show::run(app, args).await,
        ImportCommand::Undo(args) => undo::run(app, args).await,
    }
}
