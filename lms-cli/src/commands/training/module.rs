//! `lmsctl training module`

use clap::{Args, Subcommand};
use lms_core::{Module, ModuleStep, TrainingChange};

use crate::app::App;
use crate::cli::help::examples;
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
    training: String,
    /// What it is called
    title: String,
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
    training: String,
    /// Key of the module
    module: String,
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
    training: String,
    /// Key of the module
    module: String,
    /// Its place, counted from 1
    #[arg(long, value_name = "PLACE")]
    to: usize,
}

/// Take a module out of the draft
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training module remove GDPR-101 your-rights"])]
pub(crate) struct RemoveArgs {
    /// Code of the training
    training: String,
    /// Key of the module
    module: String,
}

pub(crate) async fn run(app: &App, command: ModuleCommand) -> Result {
    let (training, step) = match command {
        ModuleCommand::Add(args) => {
            let mut module = Module::new(&args.title);
            module.key = args.key.unwrap_or_default();
            module.minutes = args.minutes;
            module.required = !args.optional;
            module.items.extend(args.content.item(&args.title)?);
            (args.training, ModuleStep::Add { module, at: args.at })
        }
        ModuleCommand::Edit(args) => {
            let minutes = args.minutes.map(|minutes| Some(minutes).filter(|minutes| *minutes > 0));
            let required = args.required.map(|text| text == "yes");
            let step =
                ModuleStep::Edit { module: args.module, title: args.title, minutes, required };
            (args.training, step)
        }
        ModuleCommand::Move(args) => {
            (args.training, ModuleStep::Move { module: args.module, to: args.to })
        }
        ModuleCommand::Remove(args) => (args.training, ModuleStep::Remove { module: args.module }),
    };
    apply(app, Some(training), TrainingChange::new().step(step)).await
}
