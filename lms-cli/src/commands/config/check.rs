//! `lmsctl config check`

use clap::Args;
use lms_core::DatabaseUrl;

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};

/// Check the configuration without opening the database
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl config check",
    "lmsctl config check --config /etc/lms/lms.toml",
])]
pub(crate) struct CheckArgs {}

pub(crate) fn run(app: &App, _: &CheckArgs) -> Result {
    let config = app.config()?;
    let url = config.database_url()?;
    DatabaseUrl::parse(url)?;
    config.password_for(url)?;
    config.check_files()?;
    app.output.done(&match config.file() {
        Some(path) => format!("the configuration is sound: `{}`", path.display()),
        None => "the configuration is sound; there is no file, and none is needed".to_owned(),
    });
    Ok(Exit::Done)
}
