//! The only writer: data on standard output in the format asked for, talk on standard error.
//!
//! A command describes its rows once, by [`Row`]; tables and CSV come from the cells, JSON and
//! NDJSON from the value itself, so that JSON is the library's struct as it is.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use dialoguer::console::Term;
use lms_core::Error;
use serde::Serialize;

use crate::cli::{ColorWhen, GlobalArgs, LogFormat};
use crate::config::Config;
use crate::error::{Exit, Result, Stop, exit_code};

mod cell;
mod csv;
mod fields;
mod json;
mod progress;
mod table;

pub(crate) use cell::{Cell, Column, Row, apart, drop_first, harmless, keep, prose, shrink};
pub(crate) use progress::Progress;

/// The shape of standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// One document
    Json,
    /// One line of JSON a record
    Ndjson,
    /// With a header row
    Csv,
}

/// Several records, and where the next page begins.
#[derive(Debug, Serialize)]
pub(crate) struct Listing<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
    /// How many there are on all pages, where somebody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<i64>,
    /// The columns that somebody chose; all, where they chose none.
    #[serde(skip)]
    pub(crate) fields: Vec<String>,
}

impl<T> Listing<T> {
    /// A list that is complete.
    pub(crate) fn all(items: impl Into<Vec<T>>) -> Self {
        Self { items: items.into(), next: None, total: None, fields: Vec::new() }
    }

    /// With these columns only.
    pub(crate) fn fields(self, fields: Vec<String>) -> Self {
        Self { fields, ..self }
    }
}

/// Writes what a command has to say.
pub(crate) struct Output {
    format: Format,
    width: Option<usize>,
    colour: bool,
    talk: Talk,
    show_progress: bool,
}

/// What standard error looks like.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    quiet: bool,
    colour: bool,
    json: bool,
    started: Instant,
}

impl Output {
    /// From the flags, and from the configuration where it could be read.
    pub(crate) fn new(globals: &GlobalArgs, config: Option<&Config>) -> Self {
        let format = globals.output.or(config.and_then(Config::format)).unwrap_or(Format::Table);
        let when = globals.color.or(config.and_then(Config::color)).unwrap_or(ColorWhen::Auto);
        let stdout_is_terminal = io::stdout().is_terminal();
        let stderr_is_terminal = io::stderr().is_terminal();
        let width = if stdout_is_terminal {
            Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
        } else {
            None
        };
        Self {
            format,
            width,
            colour: when.applies_to(stdout_is_terminal),
            talk: Talk {
                quiet: globals.quiet,
                colour: when.applies_to(stderr_is_terminal),
                json: globals.log_format == LogFormat::Json,
                started: Instant::now(),
            },
            show_progress: !globals.no_progress && !globals.quiet,
        }
    }

    pub(crate) fn format(&self) -> Format {
        self.format
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.talk.quiet
    }

    pub(crate) fn talks_in_colour(&self) -> bool {
        self.talk.colour
    }

    // --- data, on standard output

    /// A list: a table, a JSON document, a line of JSON each, or CSV with a header row; and how
    /// many there were, such as `1 account` or `2 accounts`.
    pub(crate) fn list<T: Row>(&self, list: &Listing<T>, one: &str, many: &str) -> Result<()> {
        self.list_or(list, one, many, &format!("no {many}"))
    }

    /// The same, with other words where there are none.
    pub(crate) fn list_or<T: Row>(
        &self,
        list: &Listing<T>,
        one: &str,
        many: &str,
        none: &str,
    ) -> Result<()> {
        let places = fields::places::<T>(&list.fields)?;
        let is_chosen = !list.fields.is_empty();
        let chosen = |record| fields::Chosen { record, places: &places };
        data(|out| match self.format {
            Format::Table if list.items.is_empty() => Ok(()),
            Format::Table if is_chosen => {
                let page = table::render_places(&list.items, &places, self.width, self.colour);
                out.write_all(page.as_bytes())
            }
            Format::Table => out.write_all(self.table(&list.items).as_bytes()),
            Format::Json if is_chosen => {
                let items = list.items.iter().map(chosen).collect();
                let (next, total) = (list.next.clone(), list.total);
                json::document(out, &Listing { items, next, total, fields: Vec::new() })
            }
            Format::Json => json::document(out, list),
            Format::Ndjson if is_chosen => {
                list.items.iter().try_for_each(|item| json::line(out, &chosen(item)))
            }
            Format::Ndjson => list.items.iter().try_for_each(|item| json::line(out, item)),
            Format::Csv => csv::write_places(out, &list.items, &places),
        })?;
        let counted = match list.total {
            Some(total) => format!("{} of {total} {many}", list.items.len()),
            None if list.items.is_empty() => none.to_owned(),
            None => counted(list.items.len(), one, many),
        };
        self.done(&match &list.next {
            Some(next) => format!("{counted}; there are more: `--all`, or `--cursor {next}`"),
            None => counted,
        });
        Ok(())
    }

    /// One record: a card, a JSON document or line, or CSV with a header row.
    pub(crate) fn record<T: Row>(&self, record: &T) -> Result<()> {
        self.present(record, std::slice::from_ref(record), || {
            table::card(record, self.width, self.colour)
        })
    }

    /// A document of several parts: for people as `page` lays it out, for programs whole; CSV
    /// has its rows only.
    pub(crate) fn present<T: Serialize, R: Row>(
        &self,
        document: &T,
        rows: &[R],
        page: impl FnOnce() -> String,
    ) -> Result<()> {
        data(|out| match self.format {
            Format::Table => out.write_all(page().as_bytes()),
            Format::Json => json::document(out, document),
            Format::Ndjson => json::line(out, document),
            Format::Csv => csv::write(out, rows),
        })
    }

    /// Lays out rows for a page; nothing where there are none.
    pub(crate) fn table<T: Row>(&self, rows: &[T]) -> String {
        if rows.is_empty() { String::new() } else { table::render(rows, self.width, self.colour) }
    }

    /// Lays out a record for a page.
    pub(crate) fn card<T: Row>(&self, record: &T) -> String {
        table::card(record, self.width, self.colour)
    }

    /// Lays out labels and values for a page, as a record is.
    pub(crate) fn pairs(&self, pairs: &[(&str, String)]) -> String {
        table::pairs(pairs, self.width, self.colour)
    }

    /// How wide the terminal is, where there is one.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Lays out a heading for a page.
    pub(crate) fn heading(&self, text: &str) -> String {
        if self.colour { format!("\x1b[1m{text}\x1b[0m\n") } else { format!("{text}\n") }
    }

    // --- talk, on standard error

    /// A remark; silenced by `-q`.
    pub(crate) fn note(&self, text: &str) {
        self.talk.say("note", text);
    }

    /// What to do next; silenced by `-q`.
    pub(crate) fn hint(&self, text: &str) {
        self.talk.say("hint", text);
    }

    /// A plan or another layout that belongs to a question, not to the data.
    pub(crate) fn aside(&self, text: &str) {
        if !self.talk.json {
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// The one summary line of a command that succeeded; silenced by `-q`.
    pub(crate) fn done(&self, text: &str) {
        self.done_with(text, &[]);
    }

    /// The summary line, with counts for programs (`--log-format json`).
    pub(crate) fn done_with(&self, text: &str, counts: &[(&str, i64)]) {
        self.talk.done(text, counts);
    }

    /// A bar on a terminal, a line now and then elsewhere.
    pub(crate) fn progress(&self, what: &'static str) -> Progress {
        Progress::new(what, self.show_progress, self.talk.json)
    }

    /// Tells how the command ended, and gives the exit code.
    pub(crate) fn finish(&self, outcome: Result) -> ExitCode {
        match outcome {
            Ok(exit) => exit.into(),
            Err(Stop::ReaderGone) => Exit::Done.into(),
            Err(Stop::LeftPrompt) => {
                self.talk.interrupted("interrupted; nothing was changed", 130);
                ExitCode::from(130)
            }
            Err(Stop::Interrupted(code)) => {
                let rolled_back = "interrupted; what had not been reported as done was rolled back";
                self.talk.interrupted(rolled_back, code);
                ExitCode::from(code)
            }
            Err(Stop::Panicked) => ExitCode::FAILURE,
            Err(Stop::Failed(error)) => {
                self.talk.error(&error);
                ExitCode::from(exit_code(error.kind()))
            }
        }
    }
}

impl Talk {
    fn say(self, level: &str, text: &str) {
        if self.quiet {
            return;
        }
        if self.json {
            json_line(&serde_json::json!({ "level": level, "message": text }));
        } else if level == "hint" {
            self.labelled("hint", "1;36", text);
        } else {
            let _ = writeln!(io::stderr(), "{}", harmless(text));
        }
    }

    fn done(self, text: &str, counts: &[(&str, i64)]) {
        if self.json && !self.quiet {
            let counts: serde_json::Map<_, _> =
                counts.iter().map(|(name, count)| ((*name).to_owned(), (*count).into())).collect();
            json_line(&serde_json::json!({
                "level": "info",
                "message": text,
                "counts": counts,
                "duration_ms": u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            }));
        } else {
            self.say("info", text);
        }
    }

    fn error(self, error: &Error) {
        if self.json {
            json_line(&serde_json::json!({
                "level": "error",
                "message": error.message(),
                "code": error.code(),
                "field": error.field(),
                "hints": error.hints(),
                "exit_code": exit_code(error.kind()),
            }));
            return;
        }
        self.labelled("error", "1;31", error.message());
        for hint in error.hints() {
            self.labelled("hint", "1;36", hint);
        }
    }

    fn interrupted(self, text: &str, code: u8) {
        if self.json {
            json_line(&serde_json::json!({ "level": "error", "message": text, "exit_code": code }));
        } else {
            self.labelled("error", "1;31", text);
        }
    }

    fn labelled(self, label: &str, style: &str, text: &str) {
        let text = harmless(text);
        let _ = if self.colour {
            writeln!(io::stderr(), "\x1b[{style}m{label}:\x1b[0m {text}")
        } else {
            writeln!(io::stderr(), "{label}: {text}")
        };
    }
}

fn json_line(value: &serde_json::Value) {
    let _ = writeln!(io::stderr(), "{value}");
}

/// Writes text that is the same in every format: a man page, a completion script.
pub(crate) fn write_text(text: &str) -> Result<()> {
    data(|out| out.write_all(text.as_bytes()))
}

fn data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    written(write(&mut stdout).and_then(|()| stdout.flush()))
}

/// What became of writing to standard output: a reader that went away is not a failure.
pub(crate) fn written(result: io::Result<()>) -> Result<()> {
    result.map_err(|cause| match cause.kind() {
        io::ErrorKind::BrokenPipe => Stop::ReaderGone,
        _ => crate::error::FILE
            .error(format!("cannot write to standard output: {}", crate::error::io_reason(&cause)))
            .into(),
    })
}

/// `no accounts`, `1 account`, `2 accounts`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}
