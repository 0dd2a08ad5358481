//! `lmsctl config show`

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::cli::help::examples;
use crate::config::Setting;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Listing, Row, keep, shrink};

/// Show every value that holds and where it comes from, without secrets
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl config show",
    "lmsctl config show --output json",
])]
pub(crate) struct ShowArgs {}

#[derive(Serialize)]
struct Effective {
    key: &'static str,
    value: Option<String>,
    source: String,
}

pub(crate) fn run(app: &App, _: &ShowArgs) -> Result {
    let rows: Vec<Effective> = app.config()?.settings().iter().map(Effective::from).collect();
    app.output.list(&Listing::all(rows), "key", "keys")?;
    Ok(Exit::Done)
}

impl From<&Setting> for Effective {
    fn from(setting: &Setting) -> Self {
        Self { key: setting.key, value: setting.shown(), source: setting.source.to_string() }
    }
}

impl Row for Effective {
    const COLUMNS: &'static [Column] = &[keep("key"), shrink("value"), shrink("source")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.key.into(), self.value.clone().into(), self.source.as_str().into()]
    }
}
