//! `lmsctl group`: people who are asked for together, by a list or by a saved audience.

use clap::Subcommand;
use lms_core::{Group, GroupCard};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, keep, prose, shrink};

pub(crate) mod add;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod remove;
pub(crate) mod show;

/// Add, show and change groups and saved audiences
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl group list",
    "lmsctl group add NEWCOMERS \"New here\" --hired-after -90d",
    "lmsctl group members WORKS-COUNCIL",
])]
pub(crate) enum GroupCommand {
    Add(add::AddArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Edit(edit::EditArgs),
    Members(members::MembersArgs),
    Remove(remove::RemoveArgs),
}

pub(crate) async fn run(app: &App, command: GroupCommand) -> Result {
    match command {
        GroupCommand::Add(args) => add::run(app, args).await,
        GroupCommand::List(args) => list::run(app, args).await,
        GroupCommand::Show(args) => show::run(app, args).await,
        GroupCommand::Edit(args) => edit::run(app, args).await,
        GroupCommand::Members(args) => members::run(app, args).await,
        GroupCommand::Remove(args) => remove::run(app, args).await,
    }
}

impl Row for Group {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        keep("kind"),
        prose("audience"),
        keep("open"),
        apart("created_at"),
        apart("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            self.kind.as_str().into(),
            self.audience.as_ref().map(ToString::to_string).into(),
            Cell::Verdict(self.open),
            self.created_at.into(),
            self.id.to_string().into(),
        ]
    }
}

impl Row for GroupCard {
    const COLUMNS: &'static [Column] = &[
        keep("code"),
        shrink("name"),
        keep("kind"),
        shrink("audience"),
        keep("people"),
        shrink("problem"),
        keep("open"),
        keep("created_at"),
        keep("id"),
    ];

    fn cells(&self) -> Vec<Cell> {
        let group = &self.group;
        vec![
            group.code.as_str().into(),
            group.name.as_str().into(),
            group.kind.as_str().into(),
            group.audience.as_ref().map(ToString::to_string).into(),
            self.people.into(),
            self.problem.clone().into(),
            Cell::Verdict(group.open),
            group.created_at.into(),
            group.id.to_string().into(),
        ]
    }
}
