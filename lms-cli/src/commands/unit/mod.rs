//! `lmsctl department`, `location` and `job-role`: lists of the organisation. The three are one
//! command with three names; departments also have a place in the tree, a head and a deputy.

use clap::Subcommand;
use lms_core::{Unit, UnitKind};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, keep, shrink};

pub(crate) mod add;
pub(crate) mod close;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod reorganise;
pub(crate) mod show;

/// Add, show, move, merge and close departments
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl department list",
    "lmsctl department add ENG-DATA \"Data\" --parent ENG",
    "lmsctl department move ENG-WEB --parent SALES --from 2027-01-01",
    "lmsctl department merge ENG-WEB --into ENG --dry-run",
])]
pub(crate) enum DepartmentCommand {
    Add(add::DepartmentArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::DepartmentArgs),
    Move(reorganise::MoveArgs),
    Merge(reorganise::MergeArgs),
    Remove(reorganise::RemoveArgs),
    Close(close::CloseArgs),
}

/// Add, show, merge and close locations or job roles
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl location list",
    "lmsctl location add OSL Oslo",
    "lmsctl job-role add TESTER Tester",
])]
pub(crate) enum ListedCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Merge(reorganise::MergeArgs),
    Remove(reorganise::RemoveArgs),
    Close(close::CloseArgs),
}

pub(crate) async fn department(app: &App, command: DepartmentCommand) -> Result {
    let kind = UnitKind::Department;
    match command {
        DepartmentCommand::Add(args) => add::department(app, args).await,
        DepartmentCommand::List(args) => list::run(app, kind, args).await,
        DepartmentCommand::Show(args) => show::run(app, kind, args).await,
        DepartmentCommand::Edit(args) => edit::department(app, args).await,
        DepartmentCommand::Move(args) => reorganise::r#move(app, args).await,
        DepartmentCommand::Merge(args) => reorganise::merge(app, kind, args).await,
        DepartmentCommand::Remove(args) => reorganise::remove(app, kind, args).await,
        DepartmentCommand::Close(args) => close::run(app, kind, args).await,
    }
}

pub(crate) async fn listed(app: &App, kind: UnitKind, command: ListedCommand) -> Result {
    match command {
        ListedCommand::Add(args) => add::run(app, kind, args).await,
        ListedCommand::List(args) => list::run(app, kind, args).await,
        ListedCommand::Show(args) => show::run(app, kind, args).await,
        ListedCommand::Edit(args) => edit::run(app, kind, args).await,
        ListedCommand::Merge(args) => reorganise::merge(app, kind, args).await,
        ListedCommand::Remove(args) => reorganise::remove(app, kind, args).await,
        ListedCommand::Close(args) => close::run(app, kind, args).await,
    }
}

impl Row for Unit {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        keep("parent"),
        apart("head"),
        apart("deputy"),
        keep("open"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            self.parent.clone().into(),
            self.head.map(|id| id.to_string()).into(),
            self.deputy.map(|id| id.to_string()).into(),
            Cell::Verdict(self.open),
            self.id.to_string().into(),
        ]
    }
}
