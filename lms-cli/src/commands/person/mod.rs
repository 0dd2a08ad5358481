//! `lmsctl person`: people, their employment, placement and leaves.

use clap::Subcommand;
use lms_core::{Person, Placed};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

pub(crate) mod add;
pub(crate) mod duplicates;
pub(crate) mod edit;
mod edit_all;
pub(crate) mod employment;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod fields;
pub(crate) mod leave;
pub(crate) mod list;
pub(crate) mod merge;
pub(crate) mod show;

/// Add, find, show and change people
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl person list --department Engineering",
    "lmsctl person list --search mull",
    "lmsctl person show ada@demo.example",
])]
pub(crate) enum PersonCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    #[command(subcommand)]
    Leave(leave::LeaveCommand),
    Deactivate(employment::DeactivateArgs),
    Reactivate(employment::ReactivateArgs),
    Duplicates(duplicates::DuplicatesArgs),
    Merge(merge::MergeArgs),
    Export(export::ExportArgs),
    Erase(erase::EraseArgs),
}

pub(crate) async fn run(app: &App, command: PersonCommand) -> Result {
    match command {
        PersonCommand::Add(args) => add::run(app, args).await,
        PersonCommand::List(args) => list::run(app, args).await,
        PersonCommand::Show(args) => show::run(app, args).await,
        PersonCommand::Edit(args) => edit::run(app, args).await,
        PersonCommand::Leave(command) => leave::run(app, command).await,
        PersonCommand::Deactivate(args) => employment::deactivate(app, args).await,
        PersonCommand::Reactivate(args) => employment::reactivate(app, args).await,
        PersonCommand::Duplicates(args) => duplicates::run(app, args).await,
        PersonCommand::Merge(args) => merge::run(app, args).await,
        PersonCommand::Export(args) => export::run(app, args).await,
        PersonCommand::Erase(args) => erase::run(app, args).await,
    }
}

impl Row for Person {
    const COLUMNS: &'static [Column] = &[
        keep("employee_number"),
        shrink("first_name"),
        shrink("last_name"),
        apart("preferred_name"),
        shrink("email"),
        apart("username"),
        keep("status"),
        keep("department"),
        drop_first("job_role"),
        apart("job_title"),
        drop_first("location"),
        apart("country"),
        apart("employment_type"),
        drop_first("manager_name"),
        apart("manager"),
        drop_first("hired_on"),
        apart("terminated_on"),
        apart("locale"),
        apart("timezone"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.employee_number.clone().into(),
            self.first_name.as_str().into(),
            self.last_name.as_str().into(),
            self.preferred_name.clone().into(),
            self.email.clone().into(),
            self.username.clone().into(),
            self.status.as_str().into(),
            self.department.clone().into(),
            self.job_role.clone().into(),
            self.job_title.clone().into(),
            self.location.clone().into(),
            self.country.clone().into(),
            self.employment_type.clone().into(),
            self.manager_name.clone().into(),
            self.manager.map(|id| id.to_string()).into(),
            self.hired_on.map(|day| day.to_string()).into(),
            self.terminated_on.map(|day| day.to_string()).into(),
            self.locale.clone().into(),
            self.timezone.clone().into(),
            self.id.to_string().into(),
        ]
    }
}

impl Row for Placed {
    const COLUMNS: &'static [Column] = &[
        keep("from"),
        keep("until"),
        keep("status"),
        shrink("department"),
        drop_first("location"),
        shrink("job_role"),
        drop_first("job_title"),
        drop_first("recorded_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.from.to_string().into(),
            self.until.map(|day| day.to_string()).into(),
            self.status.as_str().into(),
            self.department.clone().into(),
            self.location.clone().into(),
            self.job_role.clone().into(),
            self.job_title.clone().into(),
            self.recorded_at.into(),
        ]
    }
}
