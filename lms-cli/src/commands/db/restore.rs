//! `lmsctl db restore`

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use lms_core::{BackupSummary, DatabaseUrl, SchemaMode, read_backup};

use crate::app::App;
use crate::cli::DryRunArgs;
use crate::cli::help::examples;
use crate::error::{Exit, NOT_EMPTY, Result, Stop, USAGE, file_error, is_not_set_up};
use crate::output::Cell;

/// Fill an empty database from a backup, also of the other engine
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl db restore lms.backup --database sqlite:restored.db --dry-run",
    "lmsctl db restore lms.backup --database sqlite:restored.db",
    "lmsctl db restore lms.backup --database postgres://lms@db/lms --yes",
    "ssh vault cat lms.backup | lmsctl db restore - --database sqlite:restored.db --yes",
])]
pub(crate) struct RestoreArgs {
    /// File that `lmsctl db backup` wrote, or - for standard input
    file: PathBuf,
    #[command(flatten)]
    dry_run: DryRunArgs,
}

pub(crate) async fn run(app: &App, args: RestoreArgs) -> Result {
    let name = if args.file == Path::new("-") {
        "standard input".to_owned()
    } else {
        format!("`{}`", args.file.display())
    };
    let database = DatabaseUrl::parse(app.config()?.database_url()?)?;
    refuse_data(app, &database).await?;

    if args.dry_run.dry_run {
        let summary = read(app, &args.file).await?;
        app.output.record(&summary)?;
        let rows = summary.rows;
        app.output.done(&format!(
            "dry run: {rows} rows from {name} would be restored into `{database}`; nothing was changed"
        ));
        return Ok(Exit::of_dry_run(args.dry_run.detailed_exitcode, true));
    }
    if app.prompt.asks() {
        let summary = read(app, &args.file).await?;
        app.output.note(&format!(
            "{name} has {} rows of {}, up to audit entry {}",
            summary.rows,
            Cell::from(summary.created_at).shown(),
            summary.head_seq
        ));
    }
    app.prompt.confirm(&format!("Restore {name} into `{database}`?"))?;

    let mut input = open(&args.file)?;
    let session = app.open_to_make(SchemaMode::Create).await?;
    let summary = {
        let mut progress = app.output.progress("restoring");
        let mut at = |rows, total| progress.at(rows, total);
        session.lms.database().restore(&session.actor, &mut *input, &mut at).await?
    };
    app.output.record(&summary)?;
    let rows = i64::try_from(summary.rows).unwrap_or(i64::MAX);
    app.output.done_with(
        &format!("restored {rows} rows from {name}, up to audit entry {}", summary.head_seq),
        &[("rows", rows)],
    );
    // What lies beside an embedded database belongs to it by its name; a named store may be at work
    // for another one.
    if app.config()?.value("files.url").is_some() {
        app.output.hint("to put files in from here on, instead of the database that the backup is of: `lmsctl training content adopt`");
    }
    Ok(Exit::Done)
}

/// Tells before anything is read that the database is not empty; the library refuses it as well,
/// behind its lock.
async fn refuse_data(app: &App, database: &DatabaseUrl) -> Result<()> {
    let found = async {
        let session = app.open_as(SchemaMode::Refuse).await?;
        Ok(session.lms.settings().show(&session.actor).await?)
    };
    match found.await {
        Ok(settings) => Err(NOT_EMPTY
            .error(format!("`{database}` holds data already, of `{}`", settings.name))
            .with_hint(
                "restore into a new file, schema or database, look at it, then point `lmsctl` at it",
            )
            .into()),
        Err(Stop::Failed(error)) if is_not_set_up(&error) => Ok(()),
        Err(stop) => Err(stop),
    }
}

/// Reads a backup to its end, to see that it is whole and what it holds.
async fn read(app: &App, path: &Path) -> Result<BackupSummary> {
    let mut input = open(path)?;
    let mut progress = app.output.progress("reading");
    let mut at = |rows, total| progress.at(rows, total);
    Ok(read_backup(&mut *input, &mut at).await?)
}

fn open(path: &Path) -> Result<Box<dyn Read + Send>> {
    if path != Path::new("-") {
        let file = File::open(path).map_err(|cause| file_error("read", path, &cause))?;
        return Ok(Box::new(BufReader::with_capacity(1 << 16, file)));
    }
    if io::stdin().is_terminal() {
        return Err(USAGE
            .error("standard input is a terminal, and a backup was expected from it")
            .with_hint("name the file, or send it in with `<` or `|`")
            .into());
    }
    Ok(Box::new(BufReader::new(io::stdin())))
}
