//! `lmsctl rule add`

use std::path::PathBuf;

use clap::Args;
use lms_core::{Audience, Code, Name, RuleDefinition};

use super::fields::{FieldArgs, document};
use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, USAGE};

/// Begin a rule, as a draft of which nothing follows yet
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl rule add GDPR \"Data protection\" --training GDPR-101 --department Sales --due \"after joining + 30d\"",
    "lmsctl rule add FIRE \"Fire safety\" --training FIRE-SAFETY --everybody --due \"after hire + 14d\" --renew-every 12m --window 2m",
    "lmsctl rule export GDPR | lmsctl rule add --file -      # exit 2",
])]
pub(crate) struct AddArgs {
    /// Short name to type
    code: Option<String>,
    /// What it is called
    title: Option<String>,
    /// File in TOML or JSON, or - for standard input, in place of all else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["code", "title"])]
    file: Option<PathBuf>,
    /// For everybody who is employed
    #[arg(long)]
    everybody: bool,
    #[command(flatten)]
    fields: Box<FieldArgs>,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    let mut rule = match &args.file {
        Some(file) => document(file)?,
        None => begun(app, &args)?,
    };
    let session = app.open().await?;
    let today = session.day("today").await?;
    args.fields.set(&mut rule, today)?;
    let made = session.lms.rules().add(&session.actor, rule).await?.value;
    app.output.record(&made)?;
    app.output.done(&format!("added draft `{}`", made.code));
    let code = &made.code;
    app.output
        .hint(&format!("nothing follows from it yet; `lmsctl rule check {code}` looks it over"));
    Ok(Exit::Done)
}

fn begun(app: &App, args: &AddArgs) -> Result<RuleDefinition> {
    if !args.everybody && !args.fields.names_an_audience() {
        return Err(USAGE
            .error("nobody is meant")
            .with_hint("say who, such as `--department Engineering`, or `--everybody`")
            .into());
    }
    if args.everybody && args.fields.names_an_audience() {
        return Err(USAGE
            .error("`--everybody` and an audience are two things")
            .with_hint("leave one of them out")
            .into());
    }
    let code = match &args.code {
        Some(code) => code.clone(),
        None => app.prompt.text("Code", None, "the code", &|text| Code::parse(text).map(|_| ()))?,
    };
    let title = match &args.title {
        Some(title) => title.clone(),
        None => {
            app.prompt.text("Title", None, "the title", &|text| Name::parse(text).map(|_| ()))?
        }
    };
    Ok(RuleDefinition::new(&code, &title, Audience::everybody()))
}
