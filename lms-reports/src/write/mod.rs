//! From a document to bytes: which format, and a file that is replaced whole or not at all.

mod csv;
mod file;
mod html;
mod json;
mod origin;
mod palette;
#[cfg(feature = "warehouse")]
pub(crate) mod parquet;
mod xlsx;

use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use lms_core::{Day, Error, Result, suggest};

pub use self::file::ReportFile;
pub(crate) use self::origin::Origin;

use crate::document::{Chart, Document};
use crate::error::{FORMAT, UNWRITABLE, io_reason};
use crate::language::Language;
use crate::table::{Cell, Column, Kind, Table, counts_in_words, list_in_words, rounded, share};

/// What made the report.
const MADE_BY: &str = concat!("lms-reports ", env!("CARGO_PKG_VERSION"));

/// What a report is written as.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook with all of it: figures, chart, tables, provenance.
    Xlsx,
    /// One page with all of it, which needs no other file and no network.
    Html,
    /// The main table, for spreadsheets: text that one would take for a formula is guarded.
    Csv,
    /// One document with all of it but the chart.
    Json,
    /// The main table, a JSON object a line.
    Ndjson,
    /// The main table by columns, for systems that compute.
    #[cfg(feature = "warehouse")]
    Parquet,
}

impl Format {
    /// Every format, the main one first.
    pub const ALL: &'static [Self] = &[
        Self::Xlsx,
        Self::Html,
        Self::Csv,
        Self::Json,
        Self::Ndjson,
        #[cfg(feature = "warehouse")]
        Self::Parquet,
    ];

    /// Its name, which is also how files of it end.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            #[cfg(feature = "warehouse")]
            Self::Parquet => "parquet",
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            #[cfg(feature = "warehouse")]
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// Whether it is for programs to open, not for a terminal.
    #[must_use]
    pub fn is_binary(self) -> bool {
        match self {
            Self::Xlsx => true,
            #[cfg(feature = "warehouse")]
            Self::Parquet => true,
            _ => false,
        }
    }

    /// The format of this name.
    pub fn named(name: &str) -> Result<Self> {
        let wanted = name.trim().to_lowercase();
        Self::ALL.iter().find(|format| format.name() == wanted).copied().ok_or_else(|| {
            let message = format!("a report cannot be written as `{}`", name.trim());
            unknown(message, name)
        })
    }

    /// The format that a file has by the ending of its name.
    pub fn of_file(path: &Path) -> Result<Self> {
        let shown = path.display();
        let Some(ending) = path.extension() else {
            return Err(FORMAT
                .error(format!("the name `{shown}` does not say which format to write"))
                .with_hint(format!("end it with {}", endings())));
        };
        Self::named(&ending.to_string_lossy()).map_err(|_| {
            let ending = ending.to_string_lossy();
            unknown(format!("`{shown}` ends with `.{ending}`, which is no format"), &ending)
        })
    }
}

fn unknown(message: String, name: &str) -> Error {
    FORMAT
        .error(message)
        .with_hints(suggest(name, Format::ALL.iter().map(|format| format.name())))
        .with_hint(format!("the formats are: {}", endings()))
}

fn endings() -> String {
    Format::ALL.iter().map(|format| format!(".{}", format.name())).collect::<Vec<_>>().join(", ")
}

impl Document {
    /// Writes it in a format.
    pub fn write(&self, format: Format, out: &mut (dyn Write + Send)) -> Result<()> {
        let mut out = BufWriter::with_capacity(1 << 16, out);
        match format {
            Format::Xlsx => xlsx::write(self, xlsx::RowLimits::EXCEL, &mut out)?,
            Format::Html => html::write(self, &mut out).map_err(cut_off)?,
            Format::Csv => csv::write(self, &mut out).map_err(cut_off)?,
            Format::Json => json::write(self, &mut out).map_err(cut_off)?,
            Format::Ndjson => json::write_lines(self, &mut out).map_err(cut_off)?,
            #[cfg(feature = "warehouse")]
            Format::Parquet => parquet::write_document(self, &mut out)?,
        }
        out.flush().map_err(cut_off)
    }

    /// Writes it to a file, in the format that its name ends with. The file is replaced when all
    /// of it is written, and left as it is when something goes wrong.
    pub fn save(&self, target: &Path) -> Result<()> {
        let format = Format::of_file(target)?;
        let file = ReportFile::create(target)?;
        self.write(format, &mut file.writer()?)?;
        file.commit()
    }
}

/// The heading of a column; an instant says of which time zone it is.
fn heading(document: &Document, column: &Column) -> String {
    match column.kind {
        Kind::Instant => format!("{} ({})", column.title.text(), document.timezone),
        _ => column.title.text().into_owned(),
    }
}

/// The title of a chart, which says so where it does not show all rows.
fn title_of(chart: &Chart, table: &Table, language: Language) -> String {
    let title = chart.title.text();
    let (shown, all) = (chart.n_rows(table), table.n_rows());
    if shown == all {
        return title.into_owned();
    }
    format!("{title} ({})", language.tell("first {} of {}", [&shown.to_string(), &all.to_string()]))
}

/// Which rows are shown, in words.
fn in_words(rows: &Range<usize>, n_rows: usize, language: Language) -> String {
    let n_all = n_rows.to_string();
    match rows.len() {
        0 => language.say("no rows").to_owned(),
        1 if n_rows == 1 => language.say("1 row").to_owned(),
        n if n == n_rows => language.tell("{} rows", [&n_all]),
        _ => {
            let (first, last) = ((rows.start + 1).to_string(), rows.end.to_string());
            language.tell("rows {} to {} of {}", [&first, &last, &n_all])
        }
    }
}

/// What a cell says as text: dates and times as the organisation has them.
fn shown(document: &Document, cell: Cell<'_>, kind: Kind) -> String {
    match (cell, kind) {
        (Cell::Nothing, _) => String::new(),
        (Cell::Text(word), Kind::Status) => document.language.word(word).into_owned(),
        (Cell::Text(json), Kind::List) => list_in_words(json),
        (Cell::Text(json), Kind::Counts) => counts_in_words(json),
        (Cell::Text(text), _) => text.to_owned(),
        (Cell::StatusOn(word, on), _) => status_on(&document.language.word(word), on),
        (Cell::Integer(number), _) => number.to_string(),
        (Cell::Decimal(number), Kind::Money | Kind::Coefficient) => rounded(number, 2),
        (Cell::Decimal(number), _) => rounded(number, 1),
        (Cell::Share { numerator, denominator }, _) => {
            format!("{:.1} %", share(numerator, denominator) * 100.0)
        }
        (Cell::Instant(instant), _) => {
            let local = instant.inner().to_zoned(document.timezone.zone());
            local.strftime("%Y-%m-%d %H:%M:%S").to_string()
        }
        (Cell::Day(day), Kind::Month) => day.inner().strftime("%Y-%m").to_string(),
        (Cell::Day(day), _) => day.to_string(),
    }
}

/// A status with its day, as one text.
fn status_on(word: &str, on: Option<Day>) -> String {
    on.map_or_else(|| word.to_owned(), |on| format!("{word} {on}"))
}

/// What became of the bytes on their way.
fn cut_off(cause: std::io::Error) -> Error {
    UNWRITABLE
        .error(format!("the report could not be written to its end: {}", io_reason(&cause)))
        .with_hint("make room, or write it to another place")
        .with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_its_format_by_its_ending() {
        let of = |name: &str| Format::of_file(Path::new(name));
        assert_eq!(of("out/audit.XLSX").unwrap(), Format::Xlsx);
        assert_eq!(of("a.b.ndjson").unwrap(), Format::Ndjson);
        let error = of("audit.xls").unwrap_err();
        assert_eq!(error.code(), "reports.format");
        assert_eq!(error.message(), "`audit.xls` ends with `.xls`, which is no format");
        assert_eq!(error.hints()[0], "did you mean `xlsx`?");
        assert_eq!(
            of("audit").unwrap_err().message(),
            "the name `audit` does not say which format to write"
        );
    }
}
