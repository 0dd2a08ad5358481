//! `lmsctl training equivalent`

use clap::{Args, Subcommand};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Say which other training counts for one, and since when
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl training equivalent add SEC-101 SEC-200 --from 2026-01-01",
    "lmsctl training equivalent end FIRE-SAFETY FIRE-WARDEN --on +3m",
])]
pub(crate) enum EquivalentCommand {
    Add(AddArgs),
    End(EndArgs),
}

/// Let another training count for one
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training equivalent add SEC-101 SEC-200 --until 2030-01-01"])]
pub(crate) struct AddArgs {
    /// Code of the training that is satisfied
    training: Option<String>,
    /// Code of the training that satisfies it
    by: Option<String>,
    /// First day on which it counts
    #[arg(long, value_name = "DAY", default_value = "today", allow_hyphen_values = true)]
    from: String,
    /// First day on which it no longer counts
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
}

/// Let another training count no longer
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training equivalent end FIRE-SAFETY FIRE-WARDEN"])]
pub(crate) struct EndArgs {
    /// Code of the training that was satisfied
    training: Option<String>,
    /// Code of the training that satisfied it
    by: Option<String>,
    /// First day on which it no longer counts
    #[arg(long, value_name = "DAY", default_value = "today", allow_hyphen_values = true)]
    on: String,
}

pub(crate) async fn run(app: &App, command: EquivalentCommand) -> Result {
    let session = app.open().await?;
    let (catalog, actor) = (session.lms.catalog(), &session.actor);
    let named = async |training, by, asked| {
        let training = picking::training(app, &session, training).await?;
        Result::Ok((training, picking::training_which(app, &session, by, asked).await?))
    };
    let (outcome, training) = match command {
        EquivalentCommand::Add(args) => {
            let (training, by) = named(args.training, args.by, "Which one counts for it?").await?;
            let from = session.day(&args.from).await?;
            let until = session.optional_day(args.until.as_deref()).await?;
            (catalog.add_equivalent(actor, &training, &by, Some(from), until).await?, training)
        }
        EquivalentCommand::End(args) => {
            let (training, by) =
                named(args.training, args.by, "Which one counts for it no longer?").await?;
            let on = session.day(&args.on).await?;
            (catalog.end_equivalent(actor, &training, &by, on).await?, training)
        }
    };
    changed(app, &outcome, &format!("what counts for `{training}`"))?;
    Ok(Exit::Done)
}
