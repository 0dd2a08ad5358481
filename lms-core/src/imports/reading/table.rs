//! What a source is, by its first bytes, and the tables that it holds.

use std::io::Read;

use super::csv::{CsvRows, Dialect};
use super::encoding::{self, Found};
use super::fields::Kind;
use super::header::{self, Header};
#[cfg(feature = "xlsx")]
use super::rows::RawRow;
use super::rows::Rows;
use super::source::Source;
use super::types::{Format, ReadOptions};
#[cfg(feature = "xlsx")]
use super::workbook;
use super::zip::Archive;
use super::{NO_SHEET, NOT_A_TABLE, PROTECTED, limits};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// A table that was chosen, and can be read again and again.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) format: Format,
    /// The sheet, or the file in an archive.
    pub(super) part: Option<String>,
    pub(super) parts: Vec<String>,
    pub(super) header: Header,
    pub(super) full: Option<bool>,
    pub(super) warnings: Vec<String>,
    pub(super) body: Body,
}

#[derive(Debug, Clone)]
pub(super) enum Body {
    Text {
        source: Source,
        encoding: Found,
        dialect: Dialect,
    },
    #[cfg(feature = "xlsx")]
    Sheet {
        source: Source,
        format: Format,
        name: String,
        is_1904: bool,
        /// Whether it shows numbers with zeros before them that are not handed over.
        loses_zeros: bool,
    },
}

impl Table {
    /// Finds the table of this kind in a source.
    pub(super) fn open(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Self> {
        match options.format.map_or_else(|| format_of(source), Ok)? {
            Format::Csv => Self::text(source, kind, options),
            Format::Zip => Self::packed(source, kind, options),
            #[cfg(feature = "xlsx")]
            format => Self::workbook(source, kind, options, format),
            #[cfg(not(feature = "xlsx"))]
            _ => Err(NOT_A_TABLE
                .error("this program was built without workbooks")
                .with_hint("save it as CSV in UTF-8")),
        }
    }

    /// Whether numbers stood with zeros before them of which nothing is left.
    pub(super) fn loses_zeros(&self) -> bool {
        match &self.body {
            Body::Text { .. } => false,
            #[cfg(feature = "xlsx")]
            Body::Sheet { loses_zeros, .. } => *loses_zeros,
        }
    }

    /// Its rows, from the first on.
    #[cfg_attr(
        not(feature = "xlsx"),
        expect(clippy::unnecessary_wraps, reason = "only a workbook can fail to be opened again")
    )]
    pub(super) fn rows(&self) -> Result<Rows> {
        match &self.body {
            Body::Text { source, encoding, dialect } => {
                Ok(Box::new(CsvRows::new(source, *encoding, *dialect)))
            }
            #[cfg(feature = "xlsx")]
            Body::Sheet { source, format, name, .. } => workbook::rows(source, *format, name),
        }
    }

    pub(super) fn is_1904(&self) -> bool {
        match &self.body {
            Body::Text { .. } => false,
            #[cfg(feature = "xlsx")]
            Body::Sheet { is_1904, .. } => *is_1904,
        }
    }

    fn text(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Self> {
        let said = |own: Option<&String>, map: fn(&super::Mapping) -> Option<&String>| {
            own.cloned().or_else(|| options.map.as_ref().and_then(map).cloned())
        };
        let encoding = match said(options.encoding.as_ref(), |map| map.encoding.as_ref()) {
            Some(name) => encoding::named(&name)?,
            None => encoding::detect(source)?,
        };
        let delimiter = options.delimiter.or(options.map.as_ref().and_then(|map| map.delimiter));
        let dialect = Dialect::find(source, encoding, kind, delimiter, options.quote)?;
        let mut first = Vec::new();
        let wanted = options.said_header_row();
        for row in CsvRows::new(source, encoding, dialect) {
            let row = row?;
            let is_enough = wanted.map_or(first.len() >= limits::HEADER_ROWS, |wanted| {
                row.number > wanted && first.len() >= 2
            });
            if is_enough {
                break;
            }
            if first.len() > limits::HEADER_ROWS {
                first.remove(0);
            }
            first.push(row);
        }
        let header = header::find(kind, &first, wanted, options.map.as_ref())?;
        let mut warnings = Vec::new();
        if encoding.is_guess {
            warnings.push(format!(
                "the file is not UTF-8; its words look like {}: compare the names below, and say another one \
                 with --encoding if they are wrong",
                encoding.name()
            ));
        }
        if encoding.is_damaged {
            warnings.push("some bytes are not UTF-8; the rows with them are rejected".to_owned());
        }
        Ok(Self {
            format: Format::Csv,
            part: None,
            parts: Vec::new(),
            header,
            full: None,
            warnings,
            body: Body::Text { source: source.clone(), encoding, dialect },
        })
    }

    /// Several files in an archive, as OneRoster delivers them.
    fn packed(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Self> {
        let archive = Archive::open(source)?;
        let is_csv = |name: &str| {
            let ending = name.rsplit('.').next().unwrap_or_default();
            ending.eq_ignore_ascii_case("csv") || ending.eq_ignore_ascii_case("txt")
        };
        let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_lowercase();
        let files: Vec<String> = archive
            .names()
            .filter(|name| is_csv(name) && base(name) != "manifest.csv")
            .map(str::to_owned)
            .collect();
        let wanted: &[&str] = match kind {
            Kind::People => &["users.csv", "user.csv", "people.csv"],
            Kind::Departments => &["orgs.csv", "accounts.csv", "departments.csv"],
            Kind::Assignments => &["enrollments.csv", "assignments.csv"],
            Kind::Trainings => &["courses.csv", "trainings.csv"],
            Kind::Completions => &["completions.csv"],
            Kind::Questions | Kind::Exemptions | Kind::Leaves => &[],
        };
        let said = options.said_sheet();
        let found = match &said {
            Some(said) => {
                files.iter().find(|name| *name == said || base(name) == said.to_lowercase())
            }
            None => wanted
                .iter()
                .find_map(|wanted| files.iter().find(|name| base(name) == *wanted))
                .or(files.first().filter(|_| files.len() == 1)),
        };
        let Some(name) = found else {
            return Err(no_part(source, "file", said.as_deref(), &files, kind));
        };
        let part = source.part(name, archive.part(name)?)?;
        let mut table = Self::text(&part, kind, options)?;
        table.format = Format::Zip;
        table.part = Some(name.clone());
        if let Some(manifest) =
            archive.names().find(|name| base(name) == "manifest.csv").map(str::to_owned)
        {
            table.full = mode(&archive, &manifest, &base(name))?;
        }
        table.parts = files;
        Ok(table)
    }

    #[cfg(feature = "xlsx")]
    fn workbook(
        source: &Source,
        kind: Kind,
        options: &ReadOptions,
        format: Format,
    ) -> Result<Self> {
        let book = workbook::look(source, format)?;
        let names: Vec<String> = book.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        let said = options.said_sheet();
        let wanted = options.said_header_row();
        let map = options.map.as_ref();
        if let Some(said) = said {
            let number = said.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let sheet = book
                .sheets
                .iter()
                .find(|sheet| sheet.name == said)
                .or_else(|| {
                    book.sheets
                        .iter()
                        .find(|sheet| sheet.name.to_lowercase() == said.to_lowercase())
                })
                .or_else(|| book.sheets.get(number?))
                .ok_or_else(|| no_part(source, "sheet", Some(&said), &names, kind))?;
            let first = workbook::first_rows(source, format, &sheet.name, sheet, wanted)?;
            let header = header::find(kind, &first, wanted, map)?;
            return Ok(Self::sheet(source, format, &book, &sheet.name, names, header));
        }
        // The sheet with the best headers, among those that are shown.
        let mut best: Option<(&str, Header)> = None;
        let mut first_error = None;
        for sheet in book.sheets.iter().filter(|sheet| sheet.is_visible) {
            let first = workbook::first_rows(source, format, &sheet.name, sheet, wanted)?;
            match header::find(kind, &first, wanted, map) {
                Ok(header) if best.as_ref().is_none_or(|(_, other)| header.score > other.score) => {
                    best = Some((&sheet.name, header));
                }
                Ok(_) => {}
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        let Some((name, header)) = best else {
            let nothing =
                || NO_SHEET.error(format!("`{}` has no sheet that is shown", source.name()));
            return Err(first_error.unwrap_or_else(nothing).with_hints(
                (names.len() > 1)
                    .then(|| format!("sheets: {}; name one with `--sheet`", names.join(", "))),
            ));
        };
        let name = name.to_owned();
        let mut table = Self::sheet(source, format, &book, &name, names, header);
        if book.sheets.len() > 1 {
            table.warnings.push(format!(
                "sheet `{name}` of {} is read; --sheet takes another",
                book.sheets.len()
            ));
        }
        Ok(table)
    }

    #[cfg(feature = "xlsx")]
    fn sheet(
        source: &Source,
        format: Format,
        book: &workbook::Book,
        name: &str,
        names: Vec<String>,
        header: Header,
    ) -> Self {
        Self {
            format,
            part: Some(name.to_owned()),
            parts: names,
            header,
            full: None,
            warnings: Vec::new(),
            body: Body::Sheet {
                source: source.clone(),
                format,
                name: name.to_owned(),
                is_1904: book.is_1904,
                loses_zeros: book.loses_zeros,
            },
        }
    }
}

impl ReadOptions {
    fn said_sheet(&self) -> Option<String> {
        self.sheet.clone().or_else(|| self.map.as_ref().and_then(|map| map.sheet.clone()))
    }

    fn said_header_row(&self) -> Option<u64> {
        self.header_row.or(self.map.as_ref().and_then(|map| map.header_row))
    }
}

fn no_part(source: &Source, noun: &str, said: Option<&str>, names: &[String], kind: Kind) -> Error {
    let message = match said {
        Some(said) => format!("`{}` has no {noun} `{said}`", source.name()),
        None => format!("`{}` has no {noun} with {}", source.name(), kind.as_str()),
    };
    let near = said.and_then(|said| suggest(said, names));
    NO_SHEET.error(message).with_field("sheet").with_hints(near).with_hint(if names.is_empty() {
        format!("there is no {noun} in it")
    } else {
        format!("it has: {}", names.join(", "))
    })
}

/// Whether a OneRoster manifest says that the file holds everybody, or what changed.
fn mode(archive: &Archive, manifest: &str, file: &str) -> Result<Option<bool>> {
    const MANIFEST_BYTES: u64 = 64 << 10;
    let mut text = String::new();
    let mut part = archive.part(manifest)?.take(MANIFEST_BYTES);
    if part.read_to_string(&mut text).is_err() {
        return Ok(None);
    }
    let wanted = format!("file.{}", file.trim_end_matches(".csv"));
    let found = text.lines().find_map(|line| {
        let (name, value) = line.split_once(',')?;
        name.trim_matches(['"', '\u{feff}', ' '])
            .eq_ignore_ascii_case(&wanted)
            .then(|| value.trim_matches(['"', ' ', '\r', ',']).to_lowercase())
    });
    Ok(match found.as_deref() {
        Some("bulk") => Some(true),
        Some("delta") => Some(false),
        _ => None,
    })
}

/// What a source is, by its first bytes.
fn format_of(source: &Source) -> Result<Format> {
    let mut first = Vec::new();
    source.input().take(4096).read_to_end(&mut first).map_err(|cause| source.unreadable(&cause))?;
    let text: Vec<u8> =
        first.iter().copied().skip_while(u8::is_ascii_whitespace).take(16).collect();
    let begins = |mark: &[u8]| first.starts_with(mark);
    let says = |mark: &[u8]| text.to_ascii_lowercase().starts_with(mark);
    let other = |what: &str, hint: &str| {
        Err(NOT_A_TABLE.error(format!("`{}` is {what}", source.name())).with_hint(hint))
    };
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return of_archive(source);
    }
    if begins(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Ok(Format::Xls);
    }
    if begins(b"%PDF") {
        return other("a PDF", "ask for the list as CSV or as a workbook");
    }
    if says(b"<html")
        || says(b"<!doctype")
        || says(b"<table")
        || says(b"<?xml")
        || says(b"<workbook")
    {
        return other(
            "HTML or XML, whatever its name says",
            "open it in a spreadsheet and save it as `.xlsx` or as CSV",
        );
    }
    if says(b"{") || says(b"[{") {
        return other("JSON", "connect the source with `lmsctl hris connect`, or export it as CSV");
    }
    if begins(b"\x1F\x8B") || begins(b"7z\xBC\xAF") || begins(b"Rar!") {
        return other("packed", "unpack it first");
    }
    Ok(Format::Csv)
}

fn of_archive(source: &Source) -> Result<Format> {
    let archive = Archive::open(source)?;
    let has = |ending: &str| archive.names().any(|name| name.to_lowercase().ends_with(ending));
    if has("workbook.bin") {
        return Err(NOT_A_TABLE
            .error(format!("`{}` is a binary workbook (`.xlsb`)", source.name()))
            .with_hint("save it as `.xlsx`"));
    }
    if has("workbook.xml") {
        return Ok(Format::Xlsx);
    }
    if archive.names().any(|name| name == "content.xml") {
        return Ok(Format::Ods);
    }
    if archive.names().any(|name| name == "EncryptedPackage") {
        return Err(PROTECTED.error(format!("`{}` is protected by a password", source.name())));
    }
    if has(".csv") || has(".txt") {
        return Ok(Format::Zip);
    }
    let first: Vec<&str> = archive.names().take(3).collect();
    Err(NOT_A_TABLE
        .error(format!(
            "`{}` is an archive with neither a workbook nor a CSV in it: {}",
            source.name(),
            first.join(", ")
        ))
        .with_hint("export the list as CSV or `.xlsx`"))
}

/// The first rows of a sheet.
#[cfg(feature = "xlsx")]
pub(super) fn enough(rows: &[RawRow], wanted: Option<u64>) -> bool {
    match wanted {
        Some(wanted) => rows.last().is_some_and(|row| row.number > wanted),
        None => rows.len() >= limits::HEADER_ROWS,
    }
}
