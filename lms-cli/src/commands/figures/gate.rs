//! `lmsctl gate`

use clap::{Args, Subcommand};
use lms_core::{ComplianceQuery, GateOutcome, GroupBy, MinPercent};

use super::{MomentArgs, as_known, met};
use crate::app::App;
use crate::cli::help::examples;
use crate::commands::audience::AudienceArgs;
use crate::error::{CHECK_FAILED, Exit, Result};
use crate::output::counted;

/// Fail unless enough is met, for pipelines and for what gives access
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples!["lmsctl gate compliance --min 0 --by department"])]
pub(crate) enum GateCommand {
    Compliance(ComplianceArgs),
}

pub(crate) async fn run(app: &App, command: GateCommand) -> Result {
    match command {
        GateCommand::Compliance(args) => compliance(app, args).await,
    }
}

/// Fail (exit 6) unless at least so many of a hundred mandatory obligations are met
///
/// Met are those with a completion that is valid; measured are those that are met and those that are
/// missed. What is judged is exact: 94.96 is less than 95, and is shown as 94.9. With --by, every group
/// must have the share, and so must all together; a department counts with all below it.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl gate compliance --min 0 --by department",
    "lmsctl gate compliance --min 0 --department Engineering --training GDPR-101",
    "lmsctl gate compliance --min 0 --as-of 2026-03-31 -o json",
])]
pub(crate) struct ComplianceArgs {
    /// The least share, in per cent: 95 or 99.5
    #[arg(long, value_name = "PERCENT")]
    min: String,
    /// Also in each department, training, manager's team, location or job-role
    #[arg(long, value_name = "GROUP")]
    by: Option<String>,
    /// Only this training, by code; repeat for several
    #[arg(long = "training", value_name = "TRAINING")]
    trainings: Vec<String>,
    #[command(flatten)]
    moment: MomentArgs,
    #[command(flatten)]
    audience: AudienceArgs,
}

async fn compliance(app: &App, args: ComplianceArgs) -> Result {
    let min = MinPercent::parse(&args.min)?;
    let by = args.by.as_deref().map(GroupBy::parse).transpose()?;
    let query = ComplianceQuery::new().audience(args.audience.audience()?).by(by);
    let query = args.trainings.iter().fold(query, |query, one| query.training(one));
    let session = app.open().await?;
    let (day, known_at) = args.moment.read(&session).await?;
    let query = query.as_of(day).known_at(known_at);
    let outcome = session.lms.analytics().gate(&session.actor, query, min).await?;
    let rows = match by {
        Some(_) => outcome.below.clone(),
        None => vec![outcome.compliance.all_together()],
    };
    app.output.present(&outcome, &rows, || {
        let total = &outcome.compliance.total;
        let mut page = format!(
            "{} on {}{}\n",
            met(total),
            outcome.compliance.as_of,
            as_known(outcome.compliance.known_at)
        );
        if !outcome.below.is_empty() {
            page.push('\n');
            page.push_str(&app.output.table(&outcome.below));
        }
        page
    })?;
    conclude(app, &outcome)
}

fn conclude(app: &App, outcome: &GateOutcome) -> Result {
    let (min, total) = (outcome.min, &outcome.compliance.total);
    if outcome.holds {
        app.output.done_with(
            &format!("compliance holds: at least {min} %"),
            &[("met", total.met), ("measured", total.measured)],
        );
        return Ok(Exit::Done);
    }
    let what = match outcome.compliance.by {
        Some(by) if !outcome.below.is_empty() => {
            counted(outcome.below.len(), by.noun(), &format!("{}s", by.noun()))
        }
        _ => met(total),
    };
    Err(CHECK_FAILED
        .error(format!("compliance is below {min} %: {what}"))
        .with_hint(
            "`lmsctl overdue` tells who is overdue with what, and `lmsctl status` how things stand",
        )
        .into())
}
