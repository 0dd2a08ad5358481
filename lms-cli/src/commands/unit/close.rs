//! `lmsctl department close`, `location close`, `job-role close`

use clap::Args;
use lms_core::{UnitChange, UnitKind};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::unit::edit::apply;
use crate::error::Result;

/// Close one that nobody is in any more
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department close ENG-WEB      # exit 4: people are in it",
    "lmsctl job-role close SELLER --from 2027-01-01      # exit 4",
])]
pub(crate) struct CloseArgs {
    /// Code or name
    unit: Option<String>,
    /// First day on which it is no longer there; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
}

pub(crate) async fn run(app: &App, kind: UnitKind, args: CloseArgs) -> Result {
    apply(app, kind, args.unit, UnitChange::new().close(), args.from.as_deref()).await
}
