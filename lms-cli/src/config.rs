//! What the command line is told: flag before environment before file before default.
//!
//! Every value remembers where it came from, so that `config show` can say so and an error can
//! name the line. Secrets never stand in a flag or in the file.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use etcetera::BaseStrategy;
use lms_core::{DatabaseUrl, Engine, Error};

use crate::cli::{ColorWhen, GlobalArgs};
use crate::error::{CONFIG, PASSWORD, Result, file_error, io_reason};
use crate::output::Format;

mod file;
mod files;

/// A key of the configuration file.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) default: Option<&'static str>,
    /// What may stand there; anything where there is no list.
    pub(crate) allowed: &'static [&'static str],
}

/// All keys, in the order of the file.
pub(crate) const KEYS: &[Key] = &[
    Key { name: "database.url", default: None, allowed: &[] },
    Key { name: "database.password_file", default: None, allowed: &[] },
    Key {
        name: "output.format",
        default: Some("table"),
        allowed: &["table", "json", "ndjson", "csv"],
    },
    Key { name: "output.color", default: Some("auto"), allowed: &["auto", "always", "never"] },
    Key { name: "files.url", default: None, allowed: &[] },
    Key { name: "files.size_max", default: Some("2 GiB"), allowed: &[] },
    Key { name: "http.listen", default: Some("127.0.0.1:8080"), allowed: &[] },
    Key { name: "http.metrics_listen", default: None, allowed: &[] },
];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Flag(&'static str),
    Environment(&'static str),
    File { path: PathBuf, line: usize },
    Default,
}

/// A key with the value that holds.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) value: Option<String>,
    pub(crate) source: Source,
}

/// What the process was given, apart from its arguments.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    pub(crate) database_url: Option<String>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) config_folder: Option<PathBuf>,
    pub(crate) data_folder: Option<PathBuf>,
    #[cfg(feature = "s3")]
    pub(crate) s3: files::S3Environment,
}

/// The configuration that holds for this run.
#[derive(Debug)]
pub(crate) struct Config {
    settings: Vec<Setting>,
    file: Option<PathBuf>,
    #[cfg(feature = "s3")]
    s3: files::S3Environment,
}

impl Environment {
    /// Reads the environment of this process. An empty variable counts as not set, as cron has it.
    pub(crate) fn of_process() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        // Without a home folder there are no user folders; that matters only if one is needed.
        let folders =
            etcetera::choose_base_strategy().ok().filter(|at| at.home_dir().is_absolute());
        Self {
            database_url: variable("LMS_DATABASE_URL")
                .map(|url| url.to_string_lossy().into_owned()),
            config: variable("LMS_CONFIG").map(PathBuf::from),
            config_folder: folders.as_ref().map(BaseStrategy::config_dir),
            data_folder: folders.as_ref().map(BaseStrategy::data_dir),
            #[cfg(feature = "s3")]
            s3: files::S3Environment::of_process(),
        }
    }
}

impl Config {
    /// Finds and reads the configuration file, and puts flags and environment before it.
    pub(crate) fn load(globals: &GlobalArgs, environment: &Environment) -> Result<Self> {
        let (path, _) = locate(globals, environment);
        let from_file = match &path {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|cause| file_error("read the configuration", path, &cause))?;
                file::parse(&text, path)?
            }
            None => Vec::new(),
        };
        refuse_passwords(globals, &from_file)?;
        let settings =
            KEYS.iter().map(|key| effective(key, globals, environment, &from_file)).collect();
        Ok(Self {
            settings,
            file: path,
            #[cfg(feature = "s3")]
            s3: environment.s3.clone(),
        })
    }

    /// The configuration file that was read.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// All keys with their values.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The format of standard output, unless a flag says otherwise.
    pub(crate) fn format(&self) -> Option<Format> {
        Format::from_str(self.value("output.format")?, false).ok()
    }

    /// When to use colour, unless a flag says otherwise.
    pub(crate) fn color(&self) -> Option<ColorWhen> {
        ColorWhen::from_str(self.value("output.color")?, false).ok()
    }

    /// The value of a key.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|setting| setting.key == key)?.value.as_deref()
    }

    /// Which database.
    pub(crate) fn database_url(&self) -> std::result::Result<&str, Error> {
        self.value("database.url").ok_or_else(|| {
            CONFIG
                .error("no database is named, and there is no home folder to keep one in")
                .with_hint("name one: `--database sqlite:PATH`, `LMS_DATABASE_URL`, or `database.url` in the configuration file")
        })
    }

    /// Whether the database is the embedded file in the user's data folder.
    pub(crate) fn database_is_default(&self) -> bool {
        self.settings.iter().any(|s| s.key == "database.url" && s.source == Source::Default)
    }

    /// Whether the configuration file names the database.
    pub(crate) fn database_is_in_file(&self) -> bool {
        let in_file = |s: &Setting| matches!(s.source, Source::File { .. });
        self.settings.iter().any(|s| s.key == "database.url" && in_file(s))
    }

    /// The password for a database server, if a file holds it and it is needed.
    pub(crate) fn password_for(&self, url: &str) -> Result<Option<String>> {
        let Some(path) = self.value("database.password_file").map(Path::new) else {
            return Ok(None);
        };
        let url = DatabaseUrl::parse(url)?;
        if url.engine() == Engine::Sqlite || url.has_password() {
            return Ok(None);
        }
        refuse_readable_by_others("the password file", path)?;
        let text =
            std::fs::read_to_string(path).map_err(|cause| unreadable_password(path, &cause))?;
        let password = text.trim_end_matches(['\n', '\r']);
        if password.is_empty() {
            return Err(CONFIG
                .error(format!("the password file `{}` is empty", path.display()))
                .with_hint("write the password into it, as its only line")
                .into());
        }
        Ok(Some(password.to_owned()))
    }
}

impl Setting {
    /// The value without secrets.
    pub(crate) fn shown(&self) -> Option<String> {
        let value = self.value.as_deref()?;
        match self.key {
            "database.url" => {}
            "files.url" => return Some(files::shown(value)),
            _ => return Some(value.to_owned()),
        }
        // What is no URL may still hold a password.
        let redacted = DatabaseUrl::parse(value).map(|url| url.to_string());
        Some(redacted.unwrap_or_else(|_| "(not a database URL)".to_owned()))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The configuration file, and where it was looked for. A file that somebody named counts as
/// found, so that its absence is noticed.
pub(crate) fn locate(
    globals: &GlobalArgs,
    environment: &Environment,
) -> (Option<PathBuf>, Vec<PathBuf>) {
    if let Some(path) = globals.config.clone().or_else(|| environment.config.clone()) {
        return (Some(path.clone()), vec![path]);
    }
    let in_user_folder = environment.config_folder.iter().map(|f| f.join("lms").join("lms.toml"));
    let looked_for: Vec<PathBuf> =
        std::iter::once(PathBuf::from("lms.toml")).chain(in_user_folder).collect();
    (looked_for.iter().find(|path| path.is_file()).cloned(), looked_for)
}

fn effective(
    key: &Key,
    globals: &GlobalArgs,
    environment: &Environment,
    from_file: &[Setting],
) -> Setting {
    let flag = match key.name {
        "database.url" => globals.database.clone().map(|url| (url, "--database")),
        "output.format" => globals.output.and_then(value_name).map(|name| (name, "--output")),
        "output.color" => globals.color.and_then(value_name).map(|name| (name, "--color")),
        _ => None,
    };
    if let Some((value, name)) = flag {
        return Setting { key: key.name, value: Some(value), source: Source::Flag(name) };
    }
    if let ("database.url", Some(url)) = (key.name, &environment.database_url) {
        let source = Source::Environment("LMS_DATABASE_URL");
        return Setting { key: key.name, value: Some(url.clone()), source };
    }
    if let Some(setting) = from_file.iter().find(|setting| setting.key == key.name) {
        return setting.clone();
    }
    let value = match key.name {
        "database.url" => environment.data_folder.as_deref().map(default_database),
        _ => key.default.map(str::to_owned),
    };
    Setting { key: key.name, value, source: Source::Default }
}

fn default_database(data_folder: &Path) -> String {
    format!("sqlite:{}", data_folder.join("lms").join("lms.db").display())
}

fn value_name<T: ValueEnum>(value: T) -> Option<String> {
    Some(value.to_possible_value()?.get_name().to_owned())
}

/// Refuses a password where other users of the machine, or readers of the file, would see it;
/// also when another source wins.
fn refuse_passwords(globals: &GlobalArgs, from_file: &[Setting]) -> Result<()> {
    let in_flag = globals.database.as_deref().map(|url| (url, "`--database`".to_owned()));
    let in_file = from_file
        .iter()
        .filter(|setting| setting.key == "database.url")
        .filter_map(|s| Some((s.value.as_deref()?, format!("`database.url` ({})", s.source))));
    for (url, place) in in_flag.into_iter().chain(in_file) {
        // A URL that cannot be read is reported by whoever opens it.
        if DatabaseUrl::parse(url).is_ok_and(|url| url.has_password()) {
            return Err(PASSWORD
                .error(format!("a password stands in {place}, where others can read it"))
                .with_hint("take it out, and give it in one of these ways")
                .with_hint("the whole URL in the environment: `LMS_DATABASE_URL`")
                .with_hint("a file that only you may read: `database.password_file` in the configuration file")
                .with_hint("PostgreSQL's own password file: `PGPASSFILE`, or `~/.pgpass`")
                .into());
        }
    }
    Ok(())
}

fn unreadable_password(path: &Path, cause: &std::io::Error) -> Error {
    CONFIG
        .error(format!("cannot read the password file `{}`: {}", path.display(), io_reason(cause)))
        .with_hint("correct `database.password_file`, or make the file")
}

/// What group and world may do with a file.
#[cfg(unix)]
const MODE_OF_OTHERS: u32 = 0o077;

#[cfg(unix)]
pub(crate) fn refuse_readable_by_others(what: &str, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    // Whoever reads it next says why it cannot be.
    let Ok(about) = std::fs::metadata(path) else { return Ok(()) };
    if about.permissions().mode() & MODE_OF_OTHERS == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(PASSWORD
        .error(format!("{what} `{path}` can be read by other users of this machine"))
        .with_hint(format!("make it yours alone: `chmod 600 {path}`"))
        .into())
}

#[cfg(not(unix))]
pub(crate) fn refuse_readable_by_others(_: &str, _: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
