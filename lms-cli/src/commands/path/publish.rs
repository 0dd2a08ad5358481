//! `lmsctl path publish`

use clap::Args;

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::commands::training::changes::excerpts;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::counted;

/// Publish the draft of a learning path as its next version
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path publish NEW-HIRE      # nothing to do: there is no draft",
    "lmsctl path publish NEW-HIRE --dry-run",
])]
pub(crate) struct PublishArgs {
    /// Code
    path: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: PublishArgs) -> Result {
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let paths = session.lms.paths();
    let plan = paths.plan_publish(&session.actor, &path).await?;
    if args.dry_run.dry_run {
        app.output.present(&plan, &plan.changed, || app.output.table(&excerpts(&plan.changed)))?;
    }
    for warning in &plan.warnings {
        app.output.note(&format!("{}: {}", warning.path, warning.message));
    }
    if !args.dry_run.dry_run {
        let outcome = paths.publish(&session.actor, &path).await?;
        changed(app, &outcome, &format!("`{}`", outcome.value.code))?;
        return Ok(Exit::Done);
    }
    if !plan.problems.is_empty() {
        let problems = counted(plan.problems.len(), "problem", "problems");
        let told =
            plan.problems.iter().map(|problem| format!("{}: {}", problem.path, problem.message));
        return Err(CHECK_FAILED
            .error(format!("the draft of `{}` has {problems}", plan.code))
            .with_hints(told)
            .into());
    }
    app.output.done(&match plan.version {
        Some(version) => {
            format!("dry run: `{}` would be published as version {version}", plan.code)
        }
        None => format!("dry run: there is no draft of `{}`", plan.code),
    });
    Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, plan.version.is_some()))
}
