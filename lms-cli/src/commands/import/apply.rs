//! `lmsctl import apply`

use std::path::PathBuf;

use clap::Args;
use lms_core::PlanFile;

use super::page::{exit_of, page, told};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{NO_FILE, Result, file_error};

/// Carry out a plan that an import wrote with --plan-out, exactly or not at all
///
/// Where anything would come out otherwise by now, it names the rows, does nothing and exits with 5.
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl import apply reviewed.json      # exit 7: there is no such file"])]
pub(crate) struct ApplyArgs {
    /// The plan
    plan: PathBuf,
}

pub(crate) async fn run(app: &App, args: ApplyArgs) -> Result {
    let text = std::fs::read_to_string(&args.plan).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound => {
            NO_FILE.error(format!("there is no file `{}`", args.plan.display()))
        }
        _ => file_error("read", &args.plan, &cause),
    })?;
    let plan = PlanFile::read(&text)?;
    let session = app.open().await?;
    app.prompt.confirm(&format!("Import {} as planned?", plan.file()))?;
    let done = session.lms.imports().apply_plan(&session.actor, &plan).await?;
    app.output.present(&done, &done.plan.rows, || page(app, &done.plan))?;
    app.output.done(&format!("imported {} as {}", told(&done.plan), done.run));
    Ok(exit_of(&done.plan))
}
