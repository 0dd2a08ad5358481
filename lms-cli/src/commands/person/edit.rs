//! `lmsctl person edit`

use clap::Args;
use lms_core::{PersonChange, PersonField};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::person::fields::FieldArgs;
use crate::error::{Exit, Result};

/// Change a person: names, addresses, where they work and for whom
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person edit ada@demo.example --department SALES --from 2027-01-01",
    "lmsctl person edit 00104 --last-name Nowak --email nowak@demo.example",
    "lmsctl person edit ada@demo.example --manager \"\"      # empty: nobody",
])]
pub(crate) struct EditArgs {
    /// E-mail, employee number, user name or id
    person: String,
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
    let outcome = session.lms.people().edit(&session.actor, &args.person, change).await?;
    changed(app, &outcome, &outcome.value.name())?;
    Ok(Exit::Done)
}
