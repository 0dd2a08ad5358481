//! `lmsctl access role list`

use clap::Args;
use lms_core::{ROLES, Role};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Listing, Row, keep, shrink};

/// List the access roles and what they allow
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access role list",
    "lmsctl access role list --output json",
])]
pub(crate) struct ListArgs {}

pub(crate) fn run(app: &App, _: &ListArgs) -> Result {
    app.output.list(&Listing::all(ROLES), "role", "roles")?;
    Ok(Exit::Done)
}

impl Row for Role {
    const COLUMNS: &'static [Column] = &[keep("name"), shrink("summary"), shrink("permissions")];
    fn cells(&self) -> Vec<Cell> {
        let permissions = self.permissions.iter().map(ToString::to_string).collect();
        vec![self.name.into(), self.summary.into(), Cell::List(permissions)]
    }
}
