//! `lmsctl access token`: API tokens.

use clap::Subcommand;
use lms_core::Token;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;

/// Create, list and revoke API tokens
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl access token create admin payroll --permission settings.read",
    "lmsctl access token list",
])]
pub(crate) enum TokenCommand {
    Create(create::CreateArgs),
    List(list::ListArgs),
    Revoke(revoke::RevokeArgs),
}

pub(crate) async fn run(app: &App, command: TokenCommand) -> Result {
    match command {
        TokenCommand::Create(args) => create::run(app, args).await,
        TokenCommand::List(args) => list::run(app, args).await,
        TokenCommand::Revoke(args) => revoke::run(app, args).await,
    }
}

impl Row for Token {
    const COLUMNS: &'static [Column] = &[
        keep("id"),
        shrink("username"),
        shrink("name"),
        keep("revoked"),
        drop_first("expires_at"),
        drop_first("permissions"),
        apart("revoked_at"),
        apart("created_at"),
    ];
    fn cells(&self) -> Vec<Cell> {
        let permissions = match self.permissions.as_slice() {
            [] => "all".into(),
            permissions => Cell::List(permissions.to_vec()),
        };
        vec![
            self.id.to_string().into(),
            self.username.as_str().into(),
            self.name.as_str().into(),
            self.revoked_at.map(|_| "yes").into(),
            self.expires_at.into(),
            permissions,
            self.revoked_at.into(),
            self.created_at.into(),
        ]
    }
}
