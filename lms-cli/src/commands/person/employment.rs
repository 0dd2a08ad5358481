//! `lmsctl person deactivate` and `reactivate`

use clap::Args;
use lms_core::PersonStatus;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// End a person's employment
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person deactivate ada@demo.example",
    "lmsctl person deactivate 00103 --on end-of-month --reason \"resigned\"",
])]
pub(crate) struct DeactivateArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// Last day of employment
    #[arg(long, value_name = "DAY", default_value = "today", allow_hyphen_values = true)]
    on: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Employ a person again
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl person reactivate 00110 --on 2027-03-01"])]
pub(crate) struct ReactivateArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// First day of the new employment
    #[arg(long, value_name = "DAY", default_value = "today", allow_hyphen_values = true)]
    on: String,
}

pub(crate) async fn deactivate(app: &App, args: DeactivateArgs) -> Result {
    let session = app.open().await?;
    let person = picking::person(app, &session, args.person, picking::EMPLOYED).await?;
    let last_day = session.day(&args.on).await?;
    let reason = args.reason.as_deref();
    let people = session.lms.people();
    let outcome = people.deactivate(&session.actor, &person, last_day, reason).await?;
    changed(app, &outcome, &outcome.value.name())?;
    Ok(Exit::Done)
}

pub(crate) async fn reactivate(app: &App, args: ReactivateArgs) -> Result {
    let session = app.open().await?;
    let gone = [PersonStatus::Inactive];
    let person = picking::person(app, &session, args.person, &gone).await?;
    let hired_on = session.day(&args.on).await?;
    let outcome = session.lms.people().reactivate(&session.actor, &person, hired_on).await?;
    changed(app, &outcome, &outcome.value.name())?;
    Ok(Exit::Done)
}
