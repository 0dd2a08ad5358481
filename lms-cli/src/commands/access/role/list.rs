//! `lmsctl access role list`

use clap::Args;
use lms_core::Role;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Listing, Row, apart, keep, prose};

/// List the access roles and what they allow
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl access role list",
    "lmsctl access role list --output json",
    "lmsctl access role list --output csv > roles.csv",
])]
pub(crate) struct ListArgs {}

pub(crate) async fn run(app: &App, _: &ListArgs) -> Result {
    let session = app.open().await?;
    let roles = session.lms.access().roles(&session.actor).await?;
    app.output.list(&Listing::all(roles), "role", "roles")?;
    Ok(Exit::Done)
}

impl Row for Role {
    const COLUMNS: &'static [Column] =
        &[keep("name"), prose("summary"), prose("permissions"), apart("built_in")];
    fn cells(&self) -> Vec<Cell> {
        let permissions = self.permissions.iter().map(ToString::to_string).collect();
        vec![
            self.name.as_str().into(),
            self.summary.as_str().into(),
            Cell::List(permissions),
            (if self.built_in { "yes" } else { "no" }).into(),
        ]
    }
}
