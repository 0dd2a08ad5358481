//! `lmsctl report import-run`

use clap::Args;
use lms_reports::Report;

use super::{OutArgs, produce};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::Result;

/// Write what an import did: counts, changed fields, rows that did not land
///
/// With each field that it changed, before and after, and what followed from that by rules.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl report import-run --out import.xlsx",
    "lmsctl report import-run last --out import.html",
])]
pub(crate) struct ImportRunArgs {
    /// Its id, or `last`; the last one, unless said
    import: Option<String>,
    #[command(flatten)]
    out: OutArgs,
}

pub(crate) async fn run(app: &App, args: ImportRunArgs) -> Result {
    let ImportRunArgs { import, out } = args;
    produce(app, Report::ImportRun, out, async |_, params| Ok(params.import(import.as_deref())))
        .await
}
