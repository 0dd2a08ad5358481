//! The way of every file: read, landed, and what could not land written beside it.

use std::path::PathBuf;

use clap::Args;
use lms_core::imports::reading::{Kind, Survey, survey};
use lms_core::{ImportFile, StagedImport};

use super::landing::{Asking, Landed, LandingArgs, tell};
use super::reading::{ReadingArgs, source};
use super::rejects;
use crate::app::{App, Session};
use crate::error::Result;

/// What every file takes.
#[derive(Debug, Args)]
pub(super) struct FileArgs {
    /// The file; `-` is standard input
    file: PathBuf,
    /// Who sends it: people are known by the keys of a source, and what it delivers belongs to it
    #[arg(long, value_name = "NAME", default_value = "file")]
    pub(super) source: String,
    /// Where rows go that cannot be imported; `-` for nowhere
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// A file that was surveyed.
pub(super) struct Opened {
    pub(super) survey: Survey,
    digest: String,
}

impl Opened {
    /// Its rows, for the library.
    pub(super) fn file(&self) -> Result<ImportFile<'_>> {
        let rows = self.survey.records()?;
        Ok(ImportFile::new(self.survey.layout(), rows).fingerprint(&self.digest))
    }
}

impl FileArgs {
    /// Reads what the file is. No database is opened for a file that nobody can read.
    pub(super) fn open(&self, kind: Kind) -> Result<Opened> {
        let file = source(&self.file)?;
        let survey = survey(&file, kind, &self.reading.options(kind)?)?;
        Ok(Opened { survey, digest: file.digest()? })
    }

    /// Shows and asks, carries out, and says what came of it.
    pub(super) async fn carry_out(
        &self,
        app: &App,
        session: &Session,
        (opened, staged): (&Opened, &StagedImport),
        landing: &LandingArgs,
    ) -> Result {
        let done_so = match landing.land(app, session, staged, Asking::First).await? {
            Landed::Stopped(exit) => return Ok(exit),
            Landed::Done(done_so) => done_so,
        };
        rejects::write(app, &self.file, self.rejects.as_deref(), &opened.survey, &done_so.plan)?;
        Ok(tell(app, &done_so))
    }
}
