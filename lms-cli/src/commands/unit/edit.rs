//! `lmsctl department edit`, `location edit`, `job-role edit`

use clap::Args;
use lms_core::{UnitChange, UnitKind};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Rename one
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl location edit BER --name \"Berlin Mitte\""])]
pub(crate) struct EditArgs {
    /// Code or name
    unit: Option<String>,
    /// New code
    #[arg(long)]
    code: Option<String>,
    /// New name
    #[arg(long)]
    name: Option<String>,
}

/// Rename a department, or change who leads it
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department edit ENG --name \"Product Engineering\"",
    "lmsctl department edit ENG --head ada@demo.example --from 2027-01-01",
])]
pub(crate) struct DepartmentArgs {
    #[command(flatten)]
    edit: EditArgs,
    /// Who leads it: e-mail, employee number, user name or id; empty: nobody
    #[arg(long, value_name = "PERSON")]
    head: Option<String>,
    /// Who leads it while the head is away; empty: nobody
    #[arg(long, value_name = "PERSON")]
    deputy: Option<String>,
    /// Head and deputy hold from this day on; today, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
}

impl EditArgs {
    fn change(&self) -> UnitChange {
        let mut change = UnitChange::new();
        if let Some(code) = &self.code {
            change = change.code(code);
        }
        if let Some(name) = &self.name {
            change = change.name(name);
        }
        change
    }
}

pub(crate) async fn run(app: &App, kind: UnitKind, args: EditArgs) -> Result {
    let change = args.change();
    apply(app, kind, args.unit, change, None).await
}

pub(crate) async fn department(app: &App, args: DepartmentArgs) -> Result {
    let or_nobody = |person: &String| Some(person.clone()).filter(|person| !person.is_empty());
    let mut change = args.edit.change();
    if let Some(head) = &args.head {
        change = change.head(or_nobody(head).as_deref());
    }
    if let Some(deputy) = &args.deputy {
        change = change.deputy(or_nobody(deputy).as_deref());
    }
    apply(app, UnitKind::Department, args.edit.unit, change, args.from.as_deref()).await
}

pub(super) async fn apply(
    app: &App,
    kind: UnitKind,
    named: Option<String>,
    change: UnitChange,
    from: Option<&str>,
) -> Result {
    let session = app.open().await?;
    let name = picking::unit(app, &session, kind, named).await?;
    let change = match session.optional_day(from).await? {
        Some(day) => change.from(day),
        None => change,
    };
    let outcome = session.lms.people().edit_unit(&session.actor, kind, &name, change).await?;
    changed(app, &outcome, &format!("{} `{}`", kind.noun(), outcome.value.code))?;
    Ok(Exit::Done)
}
