//! `lmsctl notify`: what people are told.

use clap::Subcommand;
use lms_core::Notice;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, prose, shrink};

mod list;
mod read;

/// See what people are told, and mark it as read
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl notify list --unread",
    "lmsctl notify list --type escalation --output json",
    "lmsctl notify read --all --person ada@demo.example",
])]
pub(crate) enum NotifyCommand {
    List(list::ListArgs),
    Read(read::ReadArgs),
}

pub(crate) async fn run(app: &App, command: NotifyCommand) -> Result {
    match command {
        NotifyCommand::List(args) => list::run(app, args).await,
        NotifyCommand::Read(args) => read::run(app, args).await,
    }
}

impl Row for Notice {
    const COLUMNS: &'static [Column] = &[
        keep("day"),
        shrink("recipient"),
        drop_first("type"),
        shrink("subject"),
        prose("body"),
        apart("read_at"),
        apart("training"),
        apart("n_people"),
        apart("assignment_id"),
        apart("person_id"),
        apart("recorded_at"),
        apart("id"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.day.to_string().into(),
            self.recipient.as_str().into(),
            self.notice_type.as_str().into(),
            self.subject.as_str().into(),
            self.body.as_str().into(),
            self.read_at.map(|at| at.to_string()).into(),
            self.training.clone().into(),
            self.n_people.into(),
            self.assignment_id.map(|id| id.to_string()).into(),
            self.person_id.map(|id| id.to_string()).into(),
            self.recorded_at.into(),
            self.id.to_string().into(),
        ]
    }
}
