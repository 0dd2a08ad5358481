//! `lmsctl training publish`

use clap::Args;
use lms_core::{PublishPlan, Publishing};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::commands::training::changes::excerpts;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::counted;

/// Publish the draft of a training as its next version
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training publish LADDERS --dry-run      # exit 6: there is nothing in it yet",
    "lmsctl training publish LADDERS      # exit 4",
    "lmsctl training publish GDPR-101      # nothing to do: there is no draft",
])]
pub(crate) struct PublishArgs {
    /// Code
    training: Option<String>,
    /// As a major version; a minor one keeps what was completed valid
    #[arg(long)]
    major: bool,
    /// Those with an earlier major version do it again by this day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true, requires = "major")]
    require_retraining_by: Option<String>,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: PublishArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let publishing = if args.major { Publishing::major() } else { Publishing::minor() };
    let publishing = match session.optional_day(args.require_retraining_by.as_deref()).await? {
        Some(day) => publishing.require_retraining_by(day),
        None => publishing,
    };
    let catalog = session.lms.catalog();
    if args.dry_run.dry_run {
        let plan = catalog.plan_publish(&session.actor, &training, &publishing).await?;
        app.output.present(&plan, &plan.changed, || page(app, &plan))?;
        if !plan.problems.is_empty() {
            let problems = counted(plan.problems.len(), "problem", "problems");
            return Err(CHECK_FAILED
                .error(format!("the draft of `{}` has {problems}", plan.code))
                .with_hints(
                    plan.problems
                        .iter()
                        .map(|problem| format!("{}: {}", problem.path, problem.message)),
                )
                .into());
        }
        app.output.done(&match plan.version {
            Some(version) => {
                let again = again(&plan).map(|who| format!("; {who} would do it again"));
                let again = again.unwrap_or_default();
                format!("dry run: `{}` would be published as {version}{again}", plan.code)
            }
            None => format!("dry run: there is no draft of `{}`", plan.code),
        });
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, plan.version.is_some()));
    }
    if args.require_retraining_by.is_some() {
        let plan = catalog.plan_publish(&session.actor, &training, &publishing).await?;
        if let Some(who) = again(&plan).filter(|_| plan.problems.is_empty()) {
            app.prompt.confirm(&format!("Have {who} do `{}` again?", plan.code))?;
        }
    }
    let outcome = catalog.publish(&session.actor, &training, &publishing).await?;
    changed(app, &outcome, &format!("`{}`", outcome.value.code))?;
    Ok(Exit::Done)
}

/// How many people would have to do it again, where anybody would.
fn again(plan: &PublishPlan) -> Option<String> {
    let people = plan.retrained.filter(|people| *people > 0)?;
    Some(counted(usize::try_from(people).unwrap_or(usize::MAX), "person", "people"))
}

fn page(app: &App, plan: &PublishPlan) -> String {
    app.output.table(&excerpts(&plan.changed))
}
