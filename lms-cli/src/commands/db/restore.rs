//! `lmsctl db restore`

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use lms_core::{DatabaseUrl, SchemaMode};

use crate::app::App;
use crate::cli::help::examples;
use crate::error::{Exit, Result, USAGE, file_error};

/// Fill an empty database from a backup, also of the other engine
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl db restore lms.backup --database sqlite:restored.db",
    "lmsctl db restore lms.backup --database postgres://lms@db/lms --yes",
    "ssh vault cat lms.backup | lmsctl db restore - --database sqlite:restored.db --yes",
])]
pub(crate) struct RestoreArgs {
    /// File that `lmsctl db backup` wrote, or - for standard input
    file: PathBuf,
}

pub(crate) async fn run(app: &App, args: RestoreArgs) -> Result {
    let mut input = open(&args.file)?;
    let name = if args.file == Path::new("-") {
        "standard input".to_owned()
    } else {
        format!("`{}`", args.file.display())
    };
    let database = DatabaseUrl::parse(app.config()?.database_url()?)?;
    app.prompt.confirm(&format!("Restore {name} into `{database}`?"))?;

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
    Ok(Exit::Done)
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
