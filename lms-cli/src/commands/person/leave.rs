//! `lmsctl person leave`

use clap::{Args, Subcommand};
use lms_core::PersonStatus;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Record that a person goes on leave, or comes back
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl person leave add ada@demo.example --from +1w --until +3m",
    "lmsctl person leave end priya@demo.example",
])]
pub(crate) enum LeaveCommand {
    Add(AddArgs),
    End(EndArgs),
}

/// Record a leave
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl person leave add ada@demo.example --from 2027-01-01 --reason parental"])]
pub(crate) struct AddArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// First day
    #[arg(long, value_name = "DAY", default_value = "today", allow_hyphen_values = true)]
    from: String,
    /// Last day, where it is known
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    until: Option<String>,
    /// What for
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// End the leave that a person is on
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl person leave end 00107 --on 2027-03-31"])]
pub(crate) struct EndArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// Last day of the leave
    #[arg(long, value_name = "DAY", default_value = "today", allow_hyphen_values = true)]
    on: String,
}

pub(crate) async fn run(app: &App, command: LeaveCommand) -> Result {
    let session = app.open().await?;
    let people = session.lms.people();
    let outcome = match command {
        LeaveCommand::Add(args) => {
            let person = picking::person(app, &session, args.person, picking::EMPLOYED).await?;
            let from = session.day(&args.from).await?;
            let until = session.optional_day(args.until.as_deref()).await?;
            let reason = args.reason.as_deref();
            people.add_leave(&session.actor, &person, from, until, reason).await?
        }
        LeaveCommand::End(args) => {
            let on_leave = [PersonStatus::OnLeave];
            let person = picking::person(app, &session, args.person, &on_leave).await?;
            let last_day = session.day(&args.on).await?;
            people.end_leave(&session.actor, &person, last_day).await?
        }
    };
    changed(app, &outcome, &outcome.value.name())?;
    Ok(Exit::Done)
}
