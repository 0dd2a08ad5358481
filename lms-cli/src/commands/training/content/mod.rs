//! `lmsctl training content`: the files that people learn from.

use clap::{Args, Subcommand};
use lms_core::{ContentFile, ContentFilter};

use crate::app::App;
use crate::cli::help::examples;
use crate::commands::changes::changed;
use crate::commands::paging::PageArgs;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, apart, drop_first, keep, shrink};

mod add;
mod adopt;
mod get;
mod sweep;

/// Put files into trainings, list them, get and remove them
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl training list -o csv > list.csv; lmsctl training content add FIRE-SAFETY list.csv --module alarm",
    "lmsctl training content list",
    "lmsctl training content sweep --dry-run",
])]
pub(crate) enum ContentCommand {
    Add(add::AddArgs),
    List(ListArgs),
    Get(get::GetArgs),
    Remove(RemoveArgs),
    Sweep(sweep::SweepArgs),
    Adopt(adopt::AdoptArgs),
}

/// List files, newest first; those of one training as its author has it now
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training content list",
    "lmsctl training content list FIRE-SAFETY --output json",
])]
pub(crate) struct ListArgs {
    /// Code of a training
    training: Option<String>,
    /// Also those that were removed
    #[arg(long)]
    removed: bool,
    #[command(flatten)]
    page: PageArgs,
}

/// Remove a file that no training shows
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl training content remove 00000000-0000-7000-8000-000000000000      # exit 7",
])]
pub(crate) struct RemoveArgs {
    /// Id of the file
    id: String,
}

pub(crate) async fn run(app: &App, command: ContentCommand) -> Result {
    match command {
        ContentCommand::Add(args) => add::run(app, args).await,
        ContentCommand::List(args) => list(app, args).await,
        ContentCommand::Get(args) => get::run(app, args).await,
        ContentCommand::Remove(args) => remove(app, args).await,
        ContentCommand::Sweep(args) => sweep::run(app, args).await,
        ContentCommand::Adopt(args) => adopt::run(app, args).await,
    }
}

async fn list(app: &App, args: ListArgs) -> Result {
    let session = app.open().await?;
    let mut filter = ContentFilter::new().include_removed(args.removed);
    if let Some(training) = &args.training {
        let training = session.lms.catalog().export(&session.actor, training).await?;
        let items = training.definition.modules.iter().flat_map(|module| &module.items);
        let digests = items.filter_map(|item| item.content.file()?.sha256.clone());
        filter = filter.bytes_of(digests.collect::<Vec<String>>());
    }
    let list = args
        .page
        .read(async |limit, cursor| {
            let filter = filter.clone().page(limit, cursor);
            session.lms.content().list(&session.actor, filter).await
        })
        .await?;
    app.output.list(&list, "file", "files")?;
    Ok(Exit::Done)
}

async fn remove(app: &App, args: RemoveArgs) -> Result {
    let session = app.open().await?;
    let outcome = session.lms.content().remove(&session.actor, &args.id).await?;
    changed(app, &outcome, &format!("the file `{}`", outcome.value.name))?;
    Ok(Exit::Done)
}

impl Row for ContentFile {
    const COLUMNS: &'static [Column] = &[
        keep("id"),
        shrink("name"),
        drop_first("media_type"),
        keep("size"),
        apart("sha256"),
        drop_first("created_at"),
        apart("removed_at"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            self.id.to_string().into(),
            self.name.as_str().into(),
            self.media_type.as_str().into(),
            self.size.into(),
            self.sha256.as_str().into(),
            self.created_at.into(),
            self.removed_at.map(|at| at.to_string()).into(),
        ]
    }
}
