//! `lmsctl training content add`

use std::path::PathBuf;

use clap::Args;
use lms_core::{ItemFile, ModuleStep, TrainingChange};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::files::Sent;
use crate::error::{Exit, Result, USAGE};

/// Put files into a module of the draft; one that it shows already is put in its place
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training list -o csv > list.csv; lmsctl training content add FIRE-SAFETY list.csv --module alarm",
])]
pub(crate) struct AddArgs {
    /// Code of the training
    training: String,
    /// Files; their endings say what they are
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Key of the module
    #[arg(long)]
    module: String,
    /// What it is called; as its name says, unless said
    #[arg(long)]
    title: Option<String>,
    /// Video, document or package; what its name speaks of, unless said
    #[arg(long)]
    kind: Option<String>,
}

pub(crate) async fn run(app: &App, args: AddArgs) -> Result {
    if args.title.is_some() && args.files.len() > 1 {
        return Err(USAGE
            .error("one title was given for several files")
            .with_hint("put them in one by one, or leave `--title` out")
            .into());
    }
    let session = app.open_with_files().await?;
    // Before anything is sent: whether there is a place for it.
    let training = session.lms.catalog().export(&session.actor, &args.training).await?;
    training.definition.module(&args.module)?;

    let mut change = TrainingChange::new();
    for path in &args.files {
        let mut file = Sent::open(app, path)?;
        let stored = session.lms.content().add(&session.actor, file.about(), &mut file).await;
        let stored = file.arrived(stored)?.value;
        change = change.step(ModuleStep::PutFile {
            module: args.module.clone(),
            file: ItemFile { file: stored.name, sha256: Some(stored.sha256) },
            title: args.title.clone(),
            kind: args.kind.clone(),
        });
    }
    let outcome = session.lms.catalog().edit(&session.actor, &args.training, change).await?;
    let code = &outcome.value.code;
    changed(app, &outcome, &format!("the draft of `{code}`"))?;
    app.output.hint(&format!("people see it after `lmsctl training publish {code}`"));
    Ok(Exit::Done)
}
