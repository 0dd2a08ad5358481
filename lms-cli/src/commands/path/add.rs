//! `lmsctl path add`

use clap::Args;
use lms_core::{Code, Name, NewPath, PathStep};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::path::fields::FieldArgs;
use crate::error::{Exit, Result};

/// Begin a learning path, as a draft
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path add NEW-LEAD \"Leading for the first time\" --step CODE-OF-CONDUCT --step LEAD-100",
    "lmsctl path add YARD \"In the yard\" --step FORKLIFT --step \"any 1 of FIRST-AID, FIRE-SAFETY\"",
    "lmsctl path add DEV \"Developers\" --step SEC-101 --step \"Extras: any 1 of SEC-200, A11Y-110\"",
])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: Option<String>,
    /// What it is called
    title: Option<String>,
    /// Code of a training, or a choice: "any 2 of A, B, C", "TITLE: any 1 of A, B"; repeat in order
    #[arg(long = "step", value_name = "STEP")]
    steps: Vec<String>,
    #[command(flatten)]
    fields: FieldArgs,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let steps = args.steps.iter().map(|text| PathStep::parse(text));
    let steps = steps.collect::<lms_core::Result<Vec<_>>>()?;
    let code = match args.code {
        Some(code) => code,
        None => app.prompt.text("Code", None, "the code", &|text| Code::parse(text).map(|_| ()))?,
    };
    let title = match args.title {
        Some(title) => title,
        None => {
            app.prompt.text("Title", None, "the title", &|text| Name::parse(text).map(|_| ()))?
        }
    };
    let new = args
        .fields
        .given()
        .fold(NewPath::new(&code, &title), |new, (field, text)| new.set(field, text));
    let new = steps.into_iter().fold(new, NewPath::step);
    let session = app.open().await?;
    let made = session.lms.paths().add(&session.actor, new).await?.value;
    app.output.record(&made)?;
    app.output.done(&format!("added draft `{}`", made.code));
    let code = &made.code;
    app.output.hint(&format!("`lmsctl path show {code}` says what it lacks to be published"));
    Ok(Exit::Done)
}
