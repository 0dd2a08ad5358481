//! `lmsctl skill of`

use clap::Args;
use lms_core::PersonStatus;

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Show what somebody can, what their job role requires, and what would close the gaps
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill of ada@demo.example",
    "lmsctl skill of 00104 --as-of 2026-03-31 --output json",
])]
pub(crate) struct OfArgs {
    /// E-mail, employee number, user name or id
    person: Option<String>,
    /// On this day; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    as_of: Option<String>,
}

pub(crate) async fn run(app: &App, args: OfArgs) -> Result {
    let session = app.open().await?;
    let person = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let day = session.optional_day(args.as_of.as_deref()).await?;
    let card = session.lms.readiness().of(&session.actor, &person, day).await?;
    app.output.present(&card, &card.skills, || {
        let role = card.job_role.as_deref().map(|role| format!(", {role}")).unwrap_or_default();
        let title = format!("{}{role}, on {}", card.person, card.as_of);
        let table = app.output.table(&card.skills);
        let table = if table.is_empty() {
            "  has no skill, and none is required\n".to_owned()
        } else {
            table
        };
        format!("{}{table}", app.output.heading(&title))
    })?;
    Ok(Exit::Done)
}
