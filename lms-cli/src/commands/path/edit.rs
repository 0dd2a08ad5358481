//! `lmsctl path edit`

use clap::Args;
use lms_core::{PathChange, PathField, PathStep};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::path::fields::FieldArgs;
use crate::commands::picking;
use crate::error::{Exit, Result};

/// Change a learning path; what is published stays until the draft is published
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl path edit NEW-HIRE --title \"Your first month\" --add-step LEAD-100",
    "lmsctl path edit NEW-HIRE --add-step \"any 1 of SEC-200, LEAD-100\" --at 3",
    "lmsctl path edit NEW-HIRE --remove-step FIRE-SAFETY --move-step SEC-101 --to 3",
    "lmsctl path edit NEW-HIRE --step ONBOARDING --step GDPR-101      # these, and no other",
])]
pub(crate) struct EditArgs {
    /// Code
    path: Option<String>,
    /// Another code, as long as it was never published
    #[arg(long)]
    code: Option<String>,
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    fields: FieldArgs,
    /// All steps anew: the code of a training, or "any 2 of A, B, C"; repeat in order
    #[arg(long = "step", value_name = "STEP")]
    steps: Vec<String>,
    /// Take out a step by its number, or a training by its code; repeat for several
    #[arg(long = "remove-step", value_name = "STEP")]
    removed: Vec<String>,
    /// Put in a step; repeat for several
    #[arg(long = "add-step", value_name = "STEP")]
    added: Vec<String>,
    /// Where to put it; at the end, unless said
    #[arg(long, value_name = "N", requires = "added")]
    at: Option<usize>,
    /// Move a step, named by its number or the code of a training in it
    #[arg(long = "move-step", value_name = "STEP", requires = "to")]
    moved: Option<String>,
    /// Where to move it
    #[arg(long, value_name = "N", requires = "moved")]
    to: Option<usize>,
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let mut change = PathChange::new();
    if let Some(code) = &args.code {
        change = change.code(code);
    }
    if let Some(title) = &args.title {
        change = change.set(PathField::Title, title);
    }
    change = args.fields.given().fold(change, |change, (field, text)| change.set(field, text));
    if !args.steps.is_empty() {
        let steps = args.steps.iter().map(|text| PathStep::parse(text));
        change = change.steps(steps.collect::<lms_core::Result<Vec<_>>>()?);
    }
    change = args.removed.iter().fold(change, |change, step| change.remove_step(step));
    for (place, text) in args.added.iter().enumerate() {
        let at = args.at.map(|at| at.saturating_add(place));
        change = change.add_step(PathStep::parse(text)?, at);
    }
    if let (Some(step), Some(to)) = (&args.moved, args.to) {
        change = change.move_step(step, to);
    }
    let session = app.open().await?;
    let path = picking::path(app, &session, args.path).await?;
    let outcome = session.lms.paths().edit(&session.actor, &path, change).await?;
    let code = &outcome.value.code;
    changed(app, &outcome, &format!("the draft of `{code}`"))?;
    if outcome.value.version.is_some() && outcome.value.draft.is_some() {
        app.output.hint(&format!("people see it after `lmsctl path publish {code}`"));
    }
    Ok(Exit::Done)
}
