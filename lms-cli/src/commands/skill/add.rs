//! `lmsctl skill add`

use clap::Args;
use lms_core::{Code, Name, NewSkill};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result};

/// Add a skill
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl skill add GERMAN German --category Languages",
    "lmsctl skill add WELDING Welding --description \"Can weld steel without supervision\"",
])]
pub(crate) struct AddArgs {
    /// Short name to type; it stays the same for good
    code: Option<String>,
    /// Name to show
    name: Option<String>,
    /// What somebody can who has it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Under which heading it stands
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
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
    let new = NewSkill::new(&code, &name);
    let new = args.description.iter().fold(new, |new, text| new.description(text));
    let new = args.category.iter().fold(new, |new, text| new.category(text));
    let session = app.open().await?;
    let skill = session.lms.skills().add(&session.actor, new).await?.value;
    app.output.record(&skill)?;
    app.output.done(&format!("added skill `{}`", skill.code));
    Ok(Exit::Done)
}
