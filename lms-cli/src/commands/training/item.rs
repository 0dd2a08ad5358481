//! `lmsctl training item`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lms_core::{Item, ItemContent, ModuleStep, TrainingChange, TrainingFile};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::documents::read;
use crate::commands::picking;
use crate::commands::training::edit::apply;
use crate::commands::training::module::named_or_asked;
use crate::error::{Result, USAGE};

/// Put texts, links and quizzes into a module, and take them out
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl training item put GDPR-101 your-rights \"The law\" --link https://gdpr.eu/",
    "lmsctl training item put GDPR-101 your-rights \"What to do when it burns\" --quiz FIRE-SHORT",
    "lmsctl training item remove GDPR-101 your-rights what-you-can-ask-for",
])]
pub(crate) enum ItemCommand {
    Put(PutArgs),
    Remove(RemoveArgs),
}

/// Put an item into a module, last or in place of the one with its key
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training item put GDPR-101 your-rights Summary --text \"Ask, and you are told.\"",
    "echo '# Rights' | lmsctl training item put GDPR-101 your-rights Rights --text-file -",
])]
pub(crate) struct PutArgs {
    /// Code of the training
    training: Option<String>,
    /// Key of the module
    module: Option<String>,
    /// What it is called
    title: Option<String>,
    /// Its name within the module, for good; made of the title, unless said
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    content: ContentArgs,
}

/// Take an item out of a module
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl training item remove GDPR-101 your-rights what-you-can-ask-for"])]
pub(crate) struct RemoveArgs {
    /// Code of the training
    training: Option<String>,
    /// Key of the module
    module: Option<String>,
    /// Key of the item
    item: Option<String>,
}

/// What an item shows.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(crate) struct ContentArgs {
    /// Text in Markdown
    #[arg(long)]
    text: Option<String>,
    /// File with text in Markdown, or - for standard input
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
    /// Page elsewhere; https only
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Quiz to be passed, by its code
    #[arg(long, value_name = "QUIZ")]
    quiz: Option<String>,
}

impl ContentArgs {
    /// The item that was described, if one was.
    pub(super) fn item(self, title: &str) -> Result<Option<Item>> {
        let content = match (self.text, self.text_file, self.link, self.quiz) {
            (Some(text), ..) => ItemContent::Text { text },
            (_, Some(file), ..) => {
                ItemContent::Text { text: read(&file, TrainingFile::BYTES_MAX)? }
            }
            (_, _, Some(url), _) => ItemContent::Link { url },
            (.., Some(quiz)) => ItemContent::Quiz { quiz },
            (None, None, None, None) => return Ok(None),
        };
        Ok(Some(Item::new(title, content)))
    }
}

pub(crate) async fn run(app: &App, command: ItemCommand) -> Result {
    let session = app.open().await?;
    let (training, step) = match command {
        ItemCommand::Put(args) => {
            let (training, module) =
                picking::module(app, &session, args.training, args.module).await?;
            let title = named_or_asked(app, args.title)?;
            let Some(mut item) = args.content.item(&title)? else {
                return Err(USAGE
                    .error("there is nothing to put into it")
                    .with_hint("give `--text`, `--text-file`, `--link` or `--quiz`")
                    .into());
            };
            item.key = args.key.unwrap_or_default();
            (training, ModuleStep::PutItem { module, item })
        }
        ItemCommand::Remove(args) => {
            let (training, module) =
                picking::module(app, &session, args.training, args.module).await?;
            let item = picking::item(app, &session, &training, &module, args.item).await?;
            (training, ModuleStep::RemoveItem { module, item })
        }
    };
    apply(app, &session, &training, TrainingChange::new().step(step)).await
}
