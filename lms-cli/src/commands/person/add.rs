//! `lmsctl person add`

use clap::Args;
use lms_core::{Name, NewPerson};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::person::fields::FieldArgs;
use crate::error::{Exit, Result};

/// Add a person
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl person add Grace Hopper --email grace@demo.example --department ENG",
    "lmsctl person add Mary Jackson --employee-number 00457 --hired-on +14d",
])]
pub(crate) struct AddArgs {
    /// Given name
    first_name: Option<String>,
    /// Family name
    last_name: Option<String>,
    /// First day of employment; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    hired_on: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let first_name = match args.first_name {
        Some(name) => name,
        None => app.prompt.text("First name", None, "first and last name", &a_name)?,
    };
    let last_name = match args.last_name {
        Some(name) => name,
        None => app.prompt.text("Last name", None, "first and last name", &a_name)?,
    };
    let session = app.open().await?;
    let mut new = NewPerson::new(&first_name, &last_name);
    for (field, value) in args.fields.given() {
        new = new.set(field, value);
    }
    for (key, value) in args.fields.attributes()? {
        new = new.attribute(key, value);
    }
    if let Some(day) = session.optional_day(args.hired_on.as_deref()).await? {
        new = new.hired_on(day);
    }
    let people = session.lms.people();
    for id in people.add(&session.actor, vec![new]).await? {
        let card = people.card(&session.actor, &id.to_string(), None).await?;
        app.output.record(&card.person)?;
        app.output.done(&format!("added {}", card.person.name()));
    }
    Ok(Exit::Done)
}

fn a_name(text: &str) -> lms_core::Result<()> {
    Name::parse(text).map(|_| ())
}
