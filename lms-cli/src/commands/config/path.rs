//! `lmsctl config path`

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::config::{Environment, locate};
use crate::error::{Exit, NO_FILE, Result};
use crate::output::{Cell, Column, Row, keep};

/// Show which configuration file is used
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl config path"])]
pub(crate) struct PathArgs {}

#[derive(Serialize)]
struct Found {
    path: String,
}

pub(crate) fn run(app: &App, _: &PathArgs) -> Result {
    let (path, looked_for) = locate(&app.globals, &Environment::of_process());
    let Some(path) = path else {
        let places: Vec<String> =
            looked_for.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(NO_FILE
            .error(format!("there is no configuration file: not in {}", places.join(", nor in ")))
            .with_hint("none is needed; to have one, write it there or name it with `--config` or `LMS_CONFIG`")
            .into());
    };
    let found = Found { path: path.display().to_string() };
    let bare = format!("{}\n", found.path);
    app.output.present(&found, std::slice::from_ref(&found), || bare)?;
    Ok(Exit::Done)
}

impl Row for Found {
    const COLUMNS: &'static [Column] = &[keep("path")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.path.as_str().into()]
    }
}
