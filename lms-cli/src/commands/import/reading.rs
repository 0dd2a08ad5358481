//! What every import takes: a file, what it holds, and whatever cannot be found out by itself.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use lms_core::Error;
use lms_core::imports::reading::{EmptyMeans, Format, Kind, Mapping, ReadOptions, Source};

use crate::error::{FILE, NO_FILE, Result, file_error};

/// What a mapping file may have.
const MAP_BYTES: u64 = 4 << 20;

/// How a file is read, where that cannot be found out.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct ReadingArgs {
    /// Mapping file: which column is which field
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Sheet of a workbook, by name or number; file in an archive
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
    /// Row with the headers, as the file counts
    #[arg(long, value_name = "ROW")]
    header_row: Option<u64>,
    /// Encoding of a text, such as windows-1252
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What stands between cells: a sign, or tab
    #[arg(long, value_name = "SIGN", value_parser = sign)]
    delimiter: Option<char>,
    /// What stands around cells that hold delimiters
    #[arg(long, value_name = "SIGN", value_parser = sign)]
    quote: Option<char>,
    /// How days are written, such as DD/MM/YYYY
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,
    /// What an empty cell says: leave-alone or clear
    #[arg(long, value_name = "WHAT", hide_possible_values = true)]
    empty: Option<Empty>,
    /// Keep columns that nobody knows as attributes
    #[arg(long)]
    keep_attributes: bool,
    /// What kind of file it is: csv, xlsx, xls, ods or zip; of questions also gift or xml
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Written>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Empty {
    LeaveAlone,
    Clear,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Written {
    Csv,
    Xlsx,
    Xls,
    Ods,
    Zip,
    Gift,
    Xml,
}

/// What a file holds, as it is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KindArg {
    People,
    Departments,
    Trainings,
    Questions,
    Assignments,
    Completions,
    Exemptions,
    Leaves,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::People => Self::People,
            KindArg::Departments => Self::Departments,
            KindArg::Trainings => Self::Trainings,
            KindArg::Questions => Self::Questions,
            KindArg::Assignments => Self::Assignments,
            KindArg::Completions => Self::Completions,
            KindArg::Exemptions => Self::Exemptions,
            KindArg::Leaves => Self::Leaves,
        }
    }
}

impl ReadingArgs {
    /// As the library takes it; a mapping file is read and checked.
    pub(crate) fn options(&self, kind: Kind) -> Result<ReadOptions> {
        let mut options = ReadOptions::new();
        if let Some(path) = &self.map {
            options = options.map(mapping(path, kind)?);
        }
        if let Some(sheet) = &self.sheet {
            options = options.sheet(sheet);
        }
        if let Some(row) = self.header_row {
            options = options.header_row(row);
        }
        if let Some(name) = &self.encoding {
            options = options.encoding(name);
        }
        if let Some(delimiter) = self.delimiter {
            options = options.delimiter(delimiter);
        }
        if let Some(quote) = self.quote {
            options = options.quote(quote);
        }
        if let Some(format) = &self.date_format {
            options = options.date_format(format);
        }
        if let Some(empty) = self.empty {
            options = options.empty(match empty {
                Empty::LeaveAlone => EmptyMeans::LeaveAlone,
                Empty::Clear => EmptyMeans::Clear,
            });
        }
        if self.keep_attributes {
            options = options.keep_attributes();
        }
        Ok(match self.format {
            None => options,
            Some(Written::Csv) => options.format(Format::Csv),
            Some(Written::Xlsx) => options.format(Format::Xlsx),
            Some(Written::Xls) => options.format(Format::Xls),
            Some(Written::Ods) => options.format(Format::Ods),
            Some(Written::Zip) => options.format(Format::Zip),
            Some(Written::Gift) => options.format(Format::Gift),
            Some(Written::Xml) => options.format(Format::MoodleXml),
        })
    }
}

/// The file, or standard input for `-`.
pub(crate) fn source(path: &Path) -> Result<Source> {
    if path == Path::new("-") {
        return Ok(Source::reader("standard input", io::stdin().lock())?);
    }
    if !path.exists() {
        return Err(NO_FILE.error(format!("there is no file `{}`", path.display())).into());
    }
    Ok(Source::file(path)?)
}

fn mapping(path: &Path, kind: Kind) -> Result<Mapping> {
    let about = std::fs::metadata(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => NO_FILE.error(format!("there is no file `{}`", path.display())),
        _ => file_error("read", path, &cause),
    })?;
    if about.len() > MAP_BYTES {
        return Err(FILE
            .error(format!("`{}` is too large for a mapping file", path.display()))
            .into());
    }
    let text = std::fs::read_to_string(path).map_err(|cause| file_error("read", path, &cause))?;
    let named = |error: Error| error.with_hint(format!("the mapping file is `{}`", path.display()));
    Ok(Mapping::parse(&text, kind).map_err(named)?)
}

fn sign(text: &str) -> std::result::Result<char, String> {
    let mut letters = text.chars();
    match (text, letters.next(), letters.next()) {
        ("tab" | "\\t", _, _) => Ok('\t'),
        (_, Some(letter), None) => Ok(letter),
        _ => Err("expected one sign, or `tab`".to_owned()),
    }
}
