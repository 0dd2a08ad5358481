//! `lmsctl department add`, `location add`, `job-role add`

use clap::Args;
use lms_core::{Code, Name, NewUnit, UnitKind};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};

/// Add one
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl location add OSL Oslo", "lmsctl job-role add TESTER Tester"])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: Option<String>,
    /// Name to show
    name: Option<String>,
    /// First day on which it is there; since ever, unless said
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
}

/// Add a department
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl department add LEGAL Legal",
    "lmsctl department add ENG-DATA Data --parent ENG",
])]
pub(crate) struct DepartmentArgs {
    #[command(flatten)]
    add: AddArgs,
    /// Department above, by code or name
    #[arg(long, value_name = "DEPARTMENT")]
    parent: Option<String>,
}

pub(crate) async fn run(app: &App, kind: UnitKind, args: AddArgs) -> Result {
    add(app, kind, args, None).await
}

pub(crate) async fn department(app: &App, args: DepartmentArgs) -> Result {
    add(app, UnitKind::Department, args.add, args.parent).await
}

async fn add(app: &App, kind: UnitKind, args: AddArgs, parent: Option<String>) -> Result {
    let code = match args.code {
        Some(code) => code,
        None => app.prompt.text("Code", None, "the code", &|text| Code::parse(text).map(|_| ()))?,
    };
    let name = if let Some(name) = args.name {
        name
    } else {
        let check = |text: &str| Name::parse(text).map(|_| ());
        app.prompt.text("Name", Some(code.clone()), "the name", &check)?
    };
    let session = app.open().await?;
    let mut new = NewUnit::new(kind, &code, &name);
    if let Some(parent) = &parent {
        new = new.parent(parent);
    }
    if let Some(day) = session.optional_day(args.from.as_deref()).await? {
        new = new.from(day);
    }
    let made = session.lms.people().add_units(&session.actor, vec![new]).await?;
    for unit in &made {
        app.output.record(unit)?;
        app.output.done(&format!("added {} `{}`", kind.noun(), unit.code));
    }
    Ok(Exit::Done)
}
