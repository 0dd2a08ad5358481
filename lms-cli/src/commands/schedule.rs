//! `lmsctl schedule`: lines for the nightly jobs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::app::{App, sqlite_file};
use crate::cli::help::examples;
use crate::error::{Exit, Result};
use crate::output::{Cell, Column, Row, keep, prose};

/// Have the nightly jobs run by themselves
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = examples![
    "lmsctl schedule print",
    "lmsctl schedule print --systemd",
])]
pub(crate) enum ScheduleCommand {
    Print(PrintArgs),
}

/// Print lines for cron, or units for systemd
///
/// They name this program and this database with their whole paths, and never a password. Look at them,
/// and add them with `crontab -e`, or put the units into /etc/systemd/system.
#[derive(Debug, Args)]
#[command(after_help = examples![
    "lmsctl schedule print",
    "lmsctl schedule print --systemd --backup-to /srv/backups/lms.backup",
    "lmsctl schedule print --output json",
    "lmsctl schedule print --sync hr      # people from the connection hr, before the pass",
])]
pub(crate) struct PrintArgs {
    /// Lines of a crontab; so unless said
    #[arg(long, conflicts_with = "systemd")]
    cron: bool,
    /// Services and timers of systemd
    #[arg(long)]
    systemd: bool,
    /// File of the nightly backup
    #[arg(long, value_name = "FILE", default_value = "/var/backups/lms.backup")]
    backup_to: PathBuf,
    /// Import from this connection every night, before the pass; repeat for several
    #[cfg(feature = "hris")]
    #[arg(long, value_name = "CONNECTION")]
    sync: Vec<String>,
}

pub(crate) fn run(app: &App, command: ScheduleCommand) -> Result {
    let ScheduleCommand::Print(args) = command;
    let base = base(app)?;
    #[cfg(feature = "hris")]
    let imports: Vec<Job> = args.sync.iter().map(|name| sync(name)).collect();
    #[cfg(not(feature = "hris"))]
    let imports = Vec::new();
    let mut jobs: Vec<Job> = jobs(&args.backup_to);
    jobs.splice(1..1, imports);
    let jobs: Vec<Job> = jobs.into_iter().map(|job| job.below(&base)).collect();
    let page = || if args.systemd { units(&jobs, &base) } else { crontab(&jobs, &base) };
    app.output.present(&jobs, &jobs, page)?;
    Ok(Exit::Done)
}

/// What every call begins with.
struct Base {
    words: Vec<String>,
    /// What has to stand in the environment, because it may not stand in an argument.
    needs: Option<&'static str>,
}

/// A job, with the time at which it runs.
#[derive(Debug, Clone, Serialize)]
struct Job {
    name: String,
    about: String,
    hour: u8,
    minute: u8,
    command: Vec<String>,
}

impl Job {
    fn below(mut self, base: &Base) -> Self {
        self.command.splice(0..0, base.words.iter().cloned());
        self
    }
}

impl Row for Job {
    const COLUMNS: &'static [Column] = &[keep("name"), keep("at"), prose("command")];
    fn cells(&self) -> Vec<Cell> {
        vec![
            self.name.as_str().into(),
            format!("{:02}:{:02}", self.hour, self.minute).into(),
            shell(&self.command).into(),
        ]
    }
}

/// The jobs of a night, a backup first.
fn jobs(backup_to: &Path) -> Vec<Job> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let backup_to = backup_to.display().to_string();
    vec![
        Job {
            name: "backup".to_owned(),
            about: "A backup, before anything changes".to_owned(),
            hour: 1,
            minute: 45,
            command: words(&["--quiet", "db", "backup", "--force", &backup_to]),
        },
        Job {
            name: "sweep".to_owned(),
            about: "The nightly pass".to_owned(),
            hour: 2,
            minute: 15,
            command: words(&["--quiet", "sweep"]),
        },
    ]
}

/// People from a connected system, so that the pass knows who came and went.
#[cfg(feature = "hris")]
fn sync(name: &str) -> Job {
    Job {
        name: format!("sync-{name}"),
        about: format!("People from {name}"),
        hour: 2,
        minute: 0,
        command: ["--quiet", "hris", "sync", name].map(str::to_owned).to_vec(),
    }
}

/// This program, and how it finds its database without a home and an environment.
fn base(app: &App) -> Result<Base> {
    let program = std::env::current_exe().unwrap_or_else(|_| "lmsctl".into());
    let mut words = vec![program.display().to_string()];
    let config = app.config()?;
    if let Some(file) = config.file() {
        words.extend(["--config".to_owned(), absolute(file)]);
    }
    let url = config.database_url()?;
    let (is_in_file, has_password) = (config.database_is_in_file(), has_password(url));
    if !is_in_file && !has_password {
        let url = match sqlite_file(url) {
            Some(file) => format!("sqlite:{}", absolute(file)),
            None => url.to_owned(),
        };
        words.extend(["--database".to_owned(), url]);
    }
    let needs = has_password.then_some("LMS_DATABASE_URL");
    Ok(Base { words, needs })
}

fn has_password(url: &str) -> bool {
    lms_core::DatabaseUrl::parse(url).is_ok_and(|url| url.has_password())
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// A word as a shell reads it: as it is where it means nothing else, quoted where it does.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn shell(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// In a crontab a `%` ends the line.
fn crontab(jobs: &[Job], base: &Base) -> String {
    let mut lines = String::from("# A mail comes only where something went wrong.\n");
    if let Some(variable) = base.needs {
        let _ =
            writeln!(lines, "# {variable} holds a password: set it where others cannot read it.");
    }
    for job in jobs {
        let command = shell(&job.command).replace('%', r"\%");
        let _ = writeln!(lines, "\n# {}\n{} {} * * * {command}", job.about, job.minute, job.hour);
    }
    lines
}

/// systemd reads `%` and `$` in a command, and double quotes with backslashes.
fn units(jobs: &[Job], base: &Base) -> String {
    let word = |word: &String| {
        let escaped = word.replace('\\', r"\\").replace('"', "\\\"");
        let escaped = escaped.replace('%', "%%").replace('$', "$$");
        if quoted(word) == *word { escaped } else { format!("\"{escaped}\"") }
    };
    let mut units = String::new();
    for job in jobs {
        let Job { name, about, hour, minute, command } = job;
        let command = command.iter().map(word).collect::<Vec<_>>().join(" ");
        let environment = match base.needs {
            Some(variable) => format!(
                "# A file with {variable}, which holds a password.\nEnvironmentFile=/etc/lms.env\n"
            ),
            None => String::new(),
        };
        let _ = write!(
            units,
            "# /etc/systemd/system/lms-{name}.service\n[Unit]\nDescription={about}\n\n[Service]\n\
             Type=oneshot\n{environment}ExecStart={command}\n\n\
             # /etc/systemd/system/lms-{name}.timer\n[Unit]\nDescription={about}\n\n[Timer]\n\
             OnCalendar=*-*-* {hour:02}:{minute:02}:00\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n\n"
        );
    }
    let names: Vec<String> = jobs.iter().map(|job| format!("lms-{}.timer", job.name)).collect();
    let _ = writeln!(units, "# systemctl enable --now {}", names.join(" "));
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(words: &[&str]) -> Base {
        Base { words: words.iter().map(|word| (*word).to_owned()).collect(), needs: None }
    }

    #[test]
    fn words_are_quoted_as_a_shell_reads_them() {
        for (word, expected) in [
            ("sqlite:/var/lib/lms.db", "sqlite:/var/lib/lms.db"),
            ("/srv/our files/lms", "'/srv/our files/lms'"),
            ("it's", r"'it'\''s'"),
            ("postgres://u@h/d?schema=a", "'postgres://u@h/d?schema=a'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn a_per_cent_sign_ends_no_line_of_a_crontab() {
        let base = base(&["/opt/l%ms"]);
        let jobs: Vec<Job> =
            jobs(Path::new("/b")).into_iter().map(|job| job.below(&base)).collect();
        let lines = crontab(&jobs, &base);
        assert!(lines.contains("15 2 * * * '/opt/l\\%ms' --quiet sweep\n"), "{lines}");
        let units = units(&jobs, &base);
        assert!(units.contains("ExecStart=\"/opt/l%%ms\" --quiet sweep\n"), "{units}");
    }
}
