//! `lmsctl training add` and `clone`

use clap::Args;
use lms_core::{Code, NewTraining, TrainingField};

use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::training::fields::FieldArgs;
use crate::commands::training::module;
use crate::error::{Exit, Result};

/// Begin a training, as a draft
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training add DRIVING \"Company cars\" --category Safety --validity 12",
    "lmsctl training add IT-POLICY \"Use of IT\" --sign \"Keep your password to yourself.\"",
    "lmsctl training add TRAVEL-POLICY \"Travel policy\" --template T-POLICY",
])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: Option<String>,
    /// What it is called
    title: Option<String>,
    /// Begin with what stands in this template
    #[arg(long, value_name = "TRAINING")]
    template: Option<String>,
    /// Make it a template: there to be copied only
    #[arg(long)]
    as_template: bool,
    #[command(flatten)]
    fields: FieldArgs,
}

/// Begin a training as a copy of another
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training clone GDPR-101 GDPR-HR --title \"Data protection in HR\"",
    "lmsctl training clone FIRE-SAFETY T-SAFETY --as-template",
])]
pub(crate) struct CloneArgs {
    /// Code of the one to copy
    training: Option<String>,
    /// Code of the copy
    #[arg(value_name = "CODE")]
    copy: Option<String>,
    /// What the copy is called
    #[arg(long)]
    title: Option<String>,
    /// Make the copy a template
    #[arg(long)]
    as_template: bool,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let code = named_or_asked(app, args.code)?;
    let title = module::named_or_asked(app, args.title)?;
    let new = match &args.template {
        Some(template) => NewTraining::from_template(&code, template),
        None => NewTraining::new(&code, &title),
    };
    let new = new.set(TrainingField::Title, &title).template(args.as_template);
    let new = args.fields.given()?.iter().fold(new, |new, (field, text)| new.set(*field, text));
    let session = app.open().await?;
    make(app, &session, new).await
}

pub(crate) async fn clone(app: &App, args: CloneArgs) -> Result {
    let session = app.open().await?;
    let training = picking::training(app, &session, args.training).await?;
    let code = named_or_asked(app, args.copy)?;
    let new = NewTraining::copy_of(&code, &training).template(args.as_template);
    let new = match &args.title {
        Some(title) => new.set(TrainingField::Title, title),
        None => new,
    };
    make(app, &session, new).await
}

fn named_or_asked(app: &App, code: Option<String>) -> Result<String> {
    match code {
        Some(code) => Ok(code),
        None => app.prompt.text("Code", None, "the code", &|text| Code::parse(text).map(|_| ())),
    }
}

async fn make(app: &App, session: &Session, new: NewTraining) -> Result {
    let made = session.lms.catalog().add(&session.actor, new).await?.value;
    app.output.record(&made)?;
    let what = if made.template { "template" } else { "draft" };
    app.output.done(&format!("added {what} `{}`", made.code));
    if !made.template {
        let code = &made.code;
        app.output
            .hint(&format!("`lmsctl training show {code}` says what it lacks to be published"));
    }
    Ok(Exit::Done)
}
