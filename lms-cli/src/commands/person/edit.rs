//! `lmsctl person edit`: one person, or everybody whom `--where` means.

use clap::Args;
use lms_core::{PersonChange, PersonField, PersonStatus};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::person::edit_all;
use crate::commands::person::fields::FieldArgs;
use crate::commands::picking;
use crate::error::{Exit, Result, USAGE};

/// Change a person, or many: names, addresses, where they work and for whom
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person edit ada@demo.example --department SALES --from 2027-01-01",
    "lmsctl person edit 00104 --last-name Nowak --email nowak@demo.example",
    "lmsctl person edit ada@demo.example --manager \"\"      # empty: nobody",
    "lmsctl person edit --where department=Engineering --where not_job_role=LEAD --location LIS --dry-run",
])]
pub(crate) struct EditArgs {
    /// E-mail, employee number, user name or id
    #[arg(conflicts_with = "conditions")]
    person: Option<String>,
    /// In place of a person, everybody of whom this is true, as FIELD=VALUE; repeat for several
    #[arg(long = "where", value_name = "FIELD=VALUE", id = "conditions")]
    conditions: Vec<String>,
    /// Given name
    #[arg(long, value_name = "NAME")]
    first_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    last_name: Option<String>,
    /// Where they work and for whom holds from this day on; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    /// Give a field that was set by hand back to its feed; repeat for several
    #[arg(long, value_name = "FIELD")]
    release: Vec<String>,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let mut change = PersonChange::new();
    let names =
        [(PersonField::FirstName, &args.first_name), (PersonField::LastName, &args.last_name)];
    for (field, name) in names {
        if let Some(name) = name {
            change = change.set(field, name);
        }
    }
    for (field, value) in args.fields.given() {
        change = change.set(field, value);
    }
    for (key, value) in args.fields.attributes()? {
        change = change.attribute(key, value);
    }
    for field in &args.release {
        change = change.release(field);
    }
    let session = app.open().await?;
    if let Some(day) = session.optional_day(args.from.as_deref()).await? {
        change = change.from(day);
    }
    if !args.conditions.is_empty() {
        return edit_all::run(
            app,
            &session,
            edit_all::who(&args.conditions)?,
            change,
            args.dry_run,
        )
        .await;
    }
    if args.dry_run.dry_run {
        return Err(USAGE
            .error("`--dry-run` goes with `--where`: a change of one person is not planned")
            .with_hint("`lmsctl batch undo` takes a change back")
            .into());
    }
    let person = picking::person(app, &session, args.person, PersonStatus::ALL).await?;
    let outcome = session.lms.people().edit(&session.actor, &person, change).await?;
    changed(app, &outcome, &outcome.value.name())?;
    Ok(Exit::Done)
}
