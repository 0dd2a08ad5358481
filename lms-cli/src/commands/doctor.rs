//! `lmsctl doctor`

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::tz::TimeZone;
use lms_core::{AuditFilter, DatabaseUrl, Error, SchemaMode, SchemaState};
use serde::Serialize;

use crate::app::{App, Session, sqlite_file};
use crate::cli::help::examples;
use crate::commands::db::status::state_name;
use crate::error::{CHECK_FAILED, Exit, Result, Stop, io_reason};
use crate::output::{Cell, Column, Row, keep, prose};

/// Check configuration, database, clock and disk
#[derive(Debug, Args)]
#[command(after_help = examples!["lmsctl doctor", "lmsctl doctor --output json"])]
pub(crate) struct DoctorArgs {}

/// Room that must be there for a write to be worth trying.
const TRIAL_BYTES: usize = 1 << 20;
/// A clock that shows less has lost its battery.
const YEAR_MIN: i16 = 2026;

/// What was found out.
#[derive(Serialize)]
struct Diagnosis {
    ok: bool,
    checks: Vec<Examined>,
}

#[derive(Serialize)]
struct Examined {
    name: &'static str,
    ok: bool,
    detail: String,
    hint: Option<String>,
}

pub(crate) async fn run(app: &App, _: DoctorArgs) -> Result {
    let mut checks = vec![time_zones(), configuration(app)];
    if let Ok(config) = app.config() {
        if config.value("database.password_file").is_some() {
            let read =
                config.database_url().map_err(Stop::from).and_then(|u| config.password_for(u));
            checks.push(judge("password file", read, |_| "it is yours alone".to_owned())?);
        }
        if let Some(folder) = sqlite_folder(config.database_url().ok()) {
            checks.push(disk(&folder));
        }
        let opened = app.open_as(SchemaMode::Any).await;
        checks.push(judge("database", opened.as_ref().map_err(Stop::again), |session| {
            session.lms.url().to_string()
        })?);
        if let Ok(session) = opened {
            inside(&session, &mut checks).await?;
        }
        if config.value("files.url").is_some() && checks.iter().all(|check| check.ok) {
            checks.push(files(app).await?);
        }
    }
    let diagnosis = Diagnosis { ok: checks.iter().all(|check| check.ok), checks };
    app.output.present(&diagnosis, &diagnosis.checks, || page(app, &diagnosis))?;
    conclude(app, &diagnosis)
}

/// The checks that need an open database. One that rests on a failed one is left out.
async fn inside(session: &Session, checks: &mut Vec<Examined>) -> Result<()> {
    let Session { lms, actor } = session;
    let status = match lms.database().status(actor).await {
        Ok(status) => status,
        Err(error) => {
            checks.push(failed("schema", &error));
            return Ok(());
        }
    };
    let current = status.state == SchemaState::Current;
    checks.push(Examined {
        name: "schema",
        ok: current,
        detail: format!("version {}: {}", status.schema_version, state_name(status.state)),
        hint: (!current).then(|| match status.state {
            SchemaState::Empty => "set it up with `lmsctl init`".to_owned(),
            SchemaState::Newer => "use the newer program that migrated it".to_owned(),
            _ => "back it up, then run `lmsctl db migrate`".to_owned(),
        }),
    });
    if !current {
        return Ok(());
    }
    let settings = lms.settings().show(actor).await.map_err(Stop::from);
    let is_set_up = settings.is_ok();
    checks.push(judge("organisation", settings, |settings| {
        format!("{}, {}", settings.name, settings.timezone)
    })?);
    if is_set_up {
        audit_head(session, checks).await?;
    }
    Ok(())
}

/// The store of files that somebody named: whether it answers, and whose it is.
async fn files(app: &App) -> Result<Examined> {
    let owner = async {
        let session = app.open_with_files().await?;
        Ok::<_, Stop>(session.lms.content().plan_adopt(&session.actor).await?)
    };
    let owner = owner.await;
    let is_foreign = owner.as_ref().is_ok_and(|owner| owner.database.is_some() && !owner.is_own);
    let examined = judge("files", owner, |owner| match (&owner.database, owner.is_own) {
        (None, _) => format!("{}, not used yet", owner.place),
        (_, true) => owner.place,
        (_, false) => format!("{} belongs to another database", owner.place),
    })?;
    let adopt = || {
        "name another store with `files.url`, or see `lmsctl training content adopt --help`"
            .to_owned()
    };
    Ok(if is_foreign { Examined { ok: false, hint: Some(adopt()), ..examined } } else { examined })
}

async fn audit_head(session: &Session, checks: &mut Vec<Examined>) -> Result<()> {
    let Session { lms, actor } = session;
    let newest = match lms.audit().list(actor, AuditFilter::new().limit(1)).await {
        Ok(page) => page.items.into_iter().next(),
        Err(error) => {
            checks.push(failed("audit log", &error));
            return Ok(());
        }
    };
    let seal = match lms.audit().seal(actor).await {
        Ok(seal) => seal,
        Err(error) => {
            checks.push(failed("audit log", &error));
            return Ok(());
        }
    };
    let holds = newest.as_ref().is_some_and(|e| e.seq == seal.seq && e.hash == seal.hash);
    checks.push(Examined {
        name: "audit log",
        ok: holds,
        detail: format!("ends at entry {}", seal.seq),
        hint: (!holds).then(|| "find out more with `lmsctl audit verify`".to_owned()),
    });

    // The log is in order of time; a clock behind its end would write into the past.
    let now = lms.now();
    let behind = newest.filter(|entry| entry.recorded_at > now);
    let plausible = now.inner().to_zoned(TimeZone::UTC).year() >= YEAR_MIN;
    checks.push(Examined {
        name: "clock",
        ok: plausible && behind.is_none(),
        detail: match &behind {
            Some(entry) => format!("{now}, but the audit log ends at {}", entry.recorded_at),
            None => now.to_string(),
        },
        hint: (!plausible || behind.is_some())
            .then(|| "set the clock of this machine, and keep it set with NTP".to_owned()),
    });
    Ok(())
}

fn time_zones() -> Examined {
    let known = TimeZone::get("Europe/Berlin").is_ok();
    Examined {
        name: "time zones",
        ok: known,
        detail: if known { "the IANA database is there" } else { "there is no IANA database" }
            .to_owned(),
        hint: (!known).then(|| "install the package `tzdata`".to_owned()),
    }
}

fn configuration(app: &App) -> Examined {
    let checked = app.config().and_then(|config| {
        DatabaseUrl::parse(config.database_url()?)?;
        Ok(config)
    });
    match checked {
        Ok(config) => Examined {
            name: "configuration",
            ok: true,
            detail: config.file().map_or("no file, and none is needed".to_owned(), |path| {
                path.display().to_string()
            }),
            hint: None,
        },
        Err(error) => failed("configuration", &error),
    }
}

fn sqlite_folder(url: Option<&str>) -> Option<PathBuf> {
    let folder = sqlite_file(url?)?.parent().filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.unwrap_or(Path::new(".")).to_owned())
}

/// Writes a file beside the database and takes it away again.
fn disk(folder: &Path) -> Examined {
    let tried = tempfile::tempfile_in(folder).and_then(|mut file| {
        file.write_all(&vec![0; TRIAL_BYTES])?;
        file.sync_all()
    });
    let shown = folder.display();
    Examined {
        name: "disk",
        ok: tried.is_ok(),
        detail: match &tried {
            Ok(()) => format!("`{shown}` can be written to"),
            Err(cause) => format!("`{shown}` cannot be written to: {}", io_reason(cause)),
        },
        hint: tried.is_err().then(|| {
            "make the folder, give this user the right to write to it, or make room".to_owned()
        }),
    }
}

/// Turns a result into a check; what is no failure of the check itself goes on.
fn judge<T>(
    name: &'static str,
    result: Result<T>,
    detail: impl FnOnce(T) -> String,
) -> Result<Examined> {
    match result {
        Ok(value) => Ok(Examined { name, ok: true, detail: detail(value), hint: None }),
        Err(Stop::Failed(error)) => Ok(failed(name, &error)),
        Err(stop) => Err(stop),
    }
}

fn failed(name: &'static str, error: &Error) -> Examined {
    let hint = (!error.hints().is_empty()).then(|| error.hints().join("; "));
    Examined { name, ok: false, detail: error.message().to_owned(), hint }
}

fn page(app: &App, diagnosis: &Diagnosis) -> String {
    let mut page = app.output.table(&diagnosis.checks);
    for check in diagnosis.checks.iter().filter(|check| !check.ok) {
        let _ = writeln!(page, "\n{}: {}", check.name, check.detail);
        if let Some(hint) = &check.hint {
            let _ = writeln!(page, "  what to do: {hint}");
        }
    }
    page
}

fn conclude(app: &App, diagnosis: &Diagnosis) -> Result {
    let failed = diagnosis.checks.iter().filter(|check| !check.ok).count();
    let all = diagnosis.checks.len();
    if failed > 0 {
        return Err(CHECK_FAILED.error(format!("{failed} of {all} checks failed")).into());
    }
    app.output.done(&format!("all {all} checks passed"));
    Ok(Exit::Done)
}

impl Row for Examined {
    const COLUMNS: &'static [Column] = &[keep("name"), keep("ok"), prose("detail")];
    fn cells(&self) -> Vec<Cell> {
        vec![self.name.into(), Cell::Verdict(self.ok), self.detail.as_str().into()]
    }
}
