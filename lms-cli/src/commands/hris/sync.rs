//! `lmsctl hris sync`

use std::path::PathBuf;

use clap::Args;
use lms_core::imports::reading::Source;
use lms_core::{ImportMode, Pulled};

use super::credential;
use crate::app::{App, Session};
use crate::cli::help::examples;
use crate::commands::import::landing::{Asking, Landed, PeopleLandingArgs, tell};
use crate::error::{NO_FILE, Result};
use crate::out_file::OutFile;
use crate::output::counted;

/// Import everybody whom a connected system has: pulled to the end, then all or nothing
///
/// It never asks: it is for cron, and guards stop what looks like an accident. A list that is cut off imports
/// nothing. People are deactivated where the system says so; --deactivate-missing is for systems that
/// leave out whoever is gone.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl hris sync hr --dry-run      # exit 7: the demo is connected to nothing",
    "lmsctl hris sync hr --deactivate-missing --quiet      # exit 7",
    "lmsctl hris sync hr --dry-run --dump pulled.ndjson      # exit 7",
])]
pub(crate) struct SyncArgs {
    /// Name of the connection
    name: String,
    #[command(flatten)]
    landing: PeopleLandingArgs,
    /// Import what came of a list that was cut off, as changes; nobody is missing in it
    #[arg(long)]
    partial: bool,
    /// Keep what the system answered, for support: it holds personal data
    #[arg(long, value_name = "FILE", conflicts_with = "from_dump")]
    dump: Option<PathBuf>,
    /// Overwrite an existing dump
    #[arg(long, requires = "dump")]
    force: bool,
    /// Import what was kept, and ask nobody
    #[arg(long, value_name = "FILE")]
    from_dump: Option<PathBuf>,
}

pub(crate) async fn run(app: &App, args: SyncArgs) -> Result {
    let session = app.open().await?;
    let hris = session.lms.hris();
    let connection = hris.show(&session.actor, &args.name).await?;
    let pulled = pull(app, &session, &args, &connection).await?;
    let mode = match pulled.cut_off() {
        Some(why) if args.partial => {
            app.output.note(&format!(
                "Cut off after {}, which are imported as changes: {}",
                records(&pulled),
                why.message()
            ));
            ImportMode::Delta
        }
        _ => ImportMode::Full,
    };
    let options = match mode {
        ImportMode::Full => args.landing.options(&connection.name, mode)?,
        _ => args.landing.options_of_half(&connection.name)?,
    };
    let staged = {
        let mut progress = app.output.progress("reading");
        let mut tell = |done, total| progress.at(done, total);
        let staged = hris.stage(&session.actor, options, &pulled, &mut tell).await?;
        progress.finish();
        staged
    };
    drop(pulled);
    match args.landing.landing.land(app, &session, &staged, Asking::Never).await? {
        Landed::Stopped(exit) => Ok(exit),
        Landed::Done(done_so) => Ok(tell(app, &done_so)),
    }
}

async fn pull(
    app: &App,
    session: &Session,
    args: &SyncArgs,
    connection: &lms_core::Connection,
) -> Result<Pulled> {
    let hris = session.lms.hris();
    if let Some(path) = &args.from_dump {
        if !path.exists() {
            return Err(NO_FILE.error(format!("there is no file `{}`", path.display())).into());
        }
        return Ok(hris.replay(&session.actor, &connection.name, Source::file(path)?).await?);
    }
    // Whether there is room for it is found out before anybody is asked.
    let dump = args.dump.as_deref().map(|path| OutFile::create(path, args.force)).transpose()?;
    let found = credential(app, connection)?;
    let pulled = {
        let mut progress = app.output.progress("pulling");
        let mut tell = |done, total| progress.at(done, total);
        let pulled = hris.pull(&session.actor, &connection.name, &found.secret, &mut tell).await?;
        progress.finish();
        pulled
    };
    if let Some(mut out) = dump {
        let name = out.name();
        let written = pulled.dump(&mut out);
        written.map_err(|cause| {
            out.stop(
                crate::error::FILE
                    .error(format!("cannot write {name}: {}", crate::error::io_reason(&cause))),
            )
        })?;
        out.commit()?;
        app.output.note(&format!(
            "{name} holds personal data ({}); only you may read it: delete it when it is of no more use",
            records(&pulled)
        ));
    }
    Ok(pulled)
}

fn records(pulled: &Pulled) -> String {
    counted(usize::try_from(pulled.n_records()).unwrap_or(usize::MAX), "record", "records")
}
