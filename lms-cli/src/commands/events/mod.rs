//! `lmsctl events`: the feed of what happened.

use clap::Subcommand;
use lms_core::Event;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, keep, shrink};

pub(crate) mod list;

/// See the events that other systems follow
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl events list", "lmsctl events list --output ndjson"])]
pub(crate) enum EventsCommand {
    List(list::ListArgs),
}

pub(crate) async fn run(app: &App, command: EventsCommand) -> Result {
    match command {
        EventsCommand::List(args) => list::run(app, args).await,
    }
}

impl Row for Event {
    const COLUMNS: &'static [Column] = &[
        keep("seq"),
        apart("position"),
        keep("recorded_at"),
        shrink("type"),
        shrink("subject"),
        apart("id"),
        apart("cursor"),
    ];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.seq.into(),
            self.position.into(),
            self.recorded_at.into(),
            self.event_type.as_str().into(),
            self.subject.clone().into(),
            self.id.to_string().into(),
            self.cursor.as_str().into(),
        ]
    }
}
