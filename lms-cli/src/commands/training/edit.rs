//! `lmsctl training edit`

use clap::Args;
use lms_core::{TrainingChange, TrainingField};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::picking;
use crate::commands::training::fields::FieldArgs;
use crate::error::{Exit, Result};

/// Change a training; what is published stays until the draft is published
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training edit GDPR-101 --title \"Data protection\" --validity 24",
    "lmsctl training edit SEC-101 --prerequisites ONBOARDING,CODE-OF-CONDUCT",
    "lmsctl training edit FIRE-SAFETY --seats \"\"      # empty: no limit",
])]
pub(crate) struct EditArgs {
    /// Code
    training: Option<String>,
    /// Another code, as long as it was never published
    #[arg(long)]
    code: Option<String>,
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    /// Whether it is a template: yes or no
    #[arg(long, value_name = "YES-OR-NO", value_parser = yes_or_no)]
    as_template: Option<bool>,
    #[command(flatten)]
    fields: FieldArgs,
}

fn yes_or_no(text: &str) -> std::result::Result<bool, &'static str> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err("expected yes or no"),
    }
}

pub(crate) async fn run(app: &App, args: EditArgs) -> Result {
    let mut change = TrainingChange::new();
    if let Some(code) = &args.code {
        change = change.code(code);
    }
    if let Some(title) = &args.title {
        change = change.set(TrainingField::Title, title);
    }
    if let Some(template) = args.as_template {
        change = change.template(template);
    }
    for (field, text) in args.fields.given()? {
        change = change.set(field, &text);
    }
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    apply(app, &session, &training, change).await
}

/// Changes a training and shows what changed.
pub(super) async fn apply(
    app: &App,
    session: &Session,
    training: &str,
    change: TrainingChange,
) -> Result {
    let outcome = session.lms.catalog().edit(&session.actor, training, change).await?;
    let code = &outcome.value.code;
    changed(app, &outcome, &format!("the draft of `{code}`"))?;
    if outcome.value.version.is_some() && outcome.value.draft.is_some() {
        app.output.hint(&format!("people see it after `lmsctl training publish {code}`"));
    }
    Ok(Exit::Done)
}
