//! `lmsctl training add` and `clone`

use clap::Args;
use lms_core::{Code, Name, NewTraining, TrainingField};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::training::fields::FieldArgs;
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
    training: String,
    /// Code of the copy
    code: String,
    /// What the copy is called
    #[arg(long)]
    title: Option<String>,
    /// Make the copy a template
    #[arg(long)]
    as_template: bool,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
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
    let new = match &args.template {
        Some(template) => NewTraining::from_template(&code, template),
        None => NewTraining::new(&code, &title),
    };
    let new = new.set(TrainingField::Title, &title).template(args.as_template);
    let new = args.fields.given()?.iter().fold(new, |new, (field, text)| new.set(*field, text));
    make(app, new).await
}

pub(crate) async fn clone(app: &App, args: CloneArgs) -> Result {
    let new = NewTraining::copy_of(&args.code, &args.training).template(args.as_template);
    let new = match &args.title {
        Some(title) => new.set(TrainingField::Title, title),
        None => new,
    };
    make(app, new).await
}

async fn make(app: &App, new: NewTraining) -> Result {
    let session = app.open().await?;
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
