//! `lmsctl training module`

use clap::{Args, Subcommand};
use lms_core::{Module, ModuleStep, Name, TrainingChange};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::picking;
use crate::commands::training::edit::apply;
use crate::commands::training::item::ContentArgs;
use crate::error::Result;

/// Add, change, move and remove the modules of a training
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl training module add GDPR-101 \"Your duties\" --text \"Ask before you copy.\"",
    "lmsctl training module move GDPR-101 your-rights --to 1",
])]
pub(crate) enum ModuleCommand {
    Add(AddArgs),
    Edit(EditArgs),
    Move(MoveArgs),
    Remove(RemoveArgs),
}

/// Add a module
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training module add SEC-101 \"Lost devices\" --minutes 5 --text \"Call 112 233.\"",
    "lmsctl training module add SEC-101 News --optional --link https://example.com/news --at 1",
])]
pub(crate) struct AddArgs {
    /// Code of the training
    training: Option<String>,
    /// What it is called
    title: Option<String>,
    /// Its name within the training, for good; made of the title, unless said
    #[arg(long)]
    key: Option<String>,
    /// How long it takes
    #[arg(long)]
    minutes: Option<u32>,
    /// The training is done without it, too
    #[arg(long)]
    optional: bool,
    /// Its place, counted from 1; last, unless said
    #[arg(long, value_name = "PLACE")]
    at: Option<usize>,
    #[command(flatten)]
    content: ContentArgs,
}

/// Change what is said of a module
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training module edit GDPR-101 your-rights --minutes 15",
    "lmsctl training module edit GDPR-101 your-rights --title \"Rights\" --required no",
])]
pub(crate) struct EditArgs {
    /// Code of the training
    training: Option<String>,
    /// Key of the module
    module: Option<String>,
    /// What it is called
    #[arg(long)]
    title: Option<String>,
    /// How long it takes; 0: not said
    #[arg(long)]
    minutes: Option<u32>,
    /// Whether the training is not done without it: yes or no
    #[arg(long, value_name = "YES-OR-NO", value_parser = ["yes", "no"])]
    required: Option<String>,
}

/// Move a module to another place
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training module move GDPR-101 your-rights --to 1"])]
pub(crate) struct MoveArgs {
    /// Code of the training
    training: Option<String>,
    /// Key of the module
    module: Option<String>,
    /// Its place, counted from 1
    #[arg(long, value_name = "PLACE")]
    to: usize,
}

/// Take a module out of the draft
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training module remove GDPR-101 your-rights"])]
pub(crate) struct RemoveArgs {
    /// Code of the training
    training: Option<String>,
    /// Key of the module
    module: Option<String>,
}

pub(crate) async fn run(app: &App, command: ModuleCommand) -> Result {
    let session = app.open().await?;
    let (training, step) = match command {
        ModuleCommand::Add(args) => {
            let training = picking::training(app, &session, args.training).await?;
            let title = named_or_asked(app, args.title)?;
            let mut module = Module::new(&title);
            module.key = args.key.unwrap_or_default();
            module.minutes = args.minutes;
            module.required = !args.optional;
            module.items.extend(args.content.item(&title)?);
            (training, ModuleStep::Add { module, at: args.at })
        }
        ModuleCommand::Edit(args) => {
            let (training, module) =
                picking::module(app, &session, args.training, args.module).await?;
            let minutes = args.minutes.map(|minutes| Some(minutes).filter(|minutes| *minutes > 0));
            let required = args.required.map(|text| text == "yes");
            (training, ModuleStep::Edit { module, title: args.title, minutes, required })
        }
        ModuleCommand::Move(args) => {
            let (training, module) =
                picking::module(app, &session, args.training, args.module).await?;
            (training, ModuleStep::Move { module, to: args.to })
        }
        ModuleCommand::Remove(args) => {
            let (training, module) =
                picking::module(app, &session, args.training, args.module).await?;
            (training, ModuleStep::Remove { module })
        }
    };
    apply(app, &session, &training, TrainingChange::new().step(step)).await
}

/// The title of a module or item.
pub(super) fn named_or_asked(app: &App, title: Option<String>) -> Result<String> {
    match title {
        Some(title) => Ok(title),
        None => app.prompt.text("Title", None, "the title", &|text| Name::parse(text).map(|_| ())),
    }
}
