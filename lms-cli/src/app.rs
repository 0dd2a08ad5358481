//! What a command works with: its configuration, its output, and on demand the opened database
//! together with whoever acts on it.

use std::path::Path;
use std::sync::Mutex;

use lms_core::{Actor, Clock, Day, Error, Lms, LmsBuilder, SchemaMode, SystemClock, TimeZoneName};

use crate::cli::GlobalArgs;
use crate::config::Config;
use crate::error::{CONFIG, NO_DATABASE, Result, Stop, again, file_error};
use crate::os_user;
use crate::output::Output;
use crate::prompt::Prompt;

/// One run of the program.
pub(crate) struct App {
    pub(crate) globals: GlobalArgs,
    pub(crate) output: Output,
    pub(crate) prompt: Prompt,
    config: std::result::Result<Config, Error>,
    opened: Mutex<Vec<Lms>>,
}

/// The opened database, and who acts on it.
pub(crate) struct Session {
    pub(crate) lms: Lms,
    pub(crate) actor: Actor,
}

impl App {
    pub(crate) fn new(globals: GlobalArgs, config: Result<Config>, output: Output) -> Self {
        let prompt = Prompt::new(globals.yes, output.talks_in_colour());
        let config = config.map_err(|stop| match stop {
            Stop::Failed(error) => error,
            stop => CONFIG.error(format!("the configuration was not read: {stop:?}")),
        });
        Self { globals, output, prompt, config, opened: Mutex::default() }
    }

    /// The configuration, or what is wrong with it.
    pub(crate) fn config(&self) -> std::result::Result<&Config, Error> {
        self.config.as_ref().map_err(again)
    }

    /// Opens a database that is set up and of this program's schema; refuses any other.
    pub(crate) async fn open(&self) -> Result<Session> {
        self.open_as(SchemaMode::Refuse).await
    }

    /// Opens the database, with what to do about its schema.
    pub(crate) async fn open_as(&self, mode: SchemaMode) -> Result<Session> {
        let config = self.config()?;
        let url = config.database_url()?;
        let is_missing = sqlite_file(url).is_some_and(|file| !file.exists());
        if config.database_is_default() && is_missing && !may_create(mode) {
            return Err(NO_DATABASE
                .error(format!("there is no database yet: `{url}` does not exist"))
                .with_hint("make one with `lmsctl init`, or name yours with `--database` or `LMS_DATABASE_URL`")
                .into());
        }
        self.open_builder(self.builder(url)?.schema_mode(mode)).await
    }

    /// As [`open`](Self::open), with the files of trainings, whose folder is made where it is
    /// missing.
    pub(crate) async fn open_with_files(&self) -> Result<Session> {
        // A database that is not there yet is told first, and leaves no folder behind.
        self.open().await?;
        let config = self.config()?;
        let builder = self.builder(config.database_url()?)?;
        let builder = builder.file_bytes_max(config.file_bytes_max()?);
        self.open_builder(match config.file_store()? {
            Some(store) => builder.file_store(store),
            None => builder,
        })
        .await
    }

    /// As [`open_as`](Self::open_as), for a command that may create the database: the user's data
    /// folder is made on the way, any other folder must be there.
    pub(crate) async fn open_to_make(&self, mode: SchemaMode) -> Result<Session> {
        let config = self.config()?;
        if config.database_is_default() {
            make_folder_of(config.database_url()?)?;
        }
        self.open_as(mode).await
    }

    /// The way to a database by its URL, with the password and the patience of this run.
    pub(crate) fn builder(&self, url: &str) -> Result<LmsBuilder> {
        let builder = Lms::builder(url).wait(self.globals.wait).actor(os_user_at_cli());
        Ok(match self.config()?.password_for(url)? {
            Some(password) => builder.password(password),
            None => builder,
        })
    }

    /// Opens a database, and finds out who acts: the user of the operating system, with no more
    /// than the rights of `--as`.
    pub(crate) async fn open_builder(&self, builder: LmsBuilder) -> Result<Session> {
        let lms = builder.open().await?;
        self.opened().push(lms.clone());
        let actor = os_user_at_cli();
        let actor = match &self.globals.as_account {
            Some(account) => lms.access().act_as(&actor, account).await?,
            None => actor,
        };
        Ok(Session { lms, actor })
    }

    /// Gives the database back.
    pub(crate) async fn close(&self) {
        let opened = std::mem::take(&mut *self.opened());
        for lms in opened {
            lms.close().await;
        }
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, Vec<Lms>> {
        self.opened.lock().expect("nothing panics while it holds the list")
    }
}

impl Session {
    /// Reads a day as people write it; words such as `today` mean the organisation's calendar.
    pub(crate) async fn day(&self, text: &str) -> Result<Day> {
        if let Ok(day) = Day::parse(text) {
            return Ok(day);
        }
        let settings = self.lms.settings().show(&self.actor).await?;
        Ok(Day::parse_relative(text, today(&settings.timezone))?)
    }

    /// As [`day`](Self::day), for an option that may be missing.
    pub(crate) async fn optional_day(&self, text: Option<&str>) -> Result<Option<Day>> {
        match text {
            Some(text) => Ok(Some(self.day(text).await?)),
            None => Ok(None),
        }
    }
}

fn os_user_at_cli() -> Actor {
    Actor::os_user(&os_user::name()).with_origin("cli")
}

fn today(zone: &TimeZoneName) -> Day {
    Day::today(SystemClock.now(), &zone.zone())
}

fn may_create(mode: SchemaMode) -> bool {
    matches!(mode, SchemaMode::Apply | SchemaMode::Create)
}

/// The file of an embedded database.
pub(crate) fn sqlite_file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
}

/// Makes the folder of an embedded database that this program chose the place of.
pub(crate) fn make_folder_of(url: &str) -> Result<()> {
    let Some(folder) = sqlite_file(url).and_then(Path::parent) else {
        return Ok(());
    };
    if folder.as_os_str().is_empty() {
        return Ok(());
    }
    Ok(std::fs::create_dir_all(folder).map_err(|cause| file_error("create", folder, &cause))?)
}
