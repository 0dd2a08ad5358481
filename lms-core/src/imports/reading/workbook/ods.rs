//! Sheets of OpenDocument, as a stream. A row or cell may be written once for many, so that a small file can
//! stand for a large table; what is empty costs nothing here, and what is not is counted.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use super::{Book, Gather, Sheet, Sink, refuse_many};
use crate::imports::reading::rows::RawCell;
use crate::imports::reading::source::Source;
use crate::imports::reading::words::number;
use crate::imports::reading::zip::Archive;
use crate::imports::reading::{DAMAGED, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

/// What a spreadsheet can have, whatever a file says.
const MOST_ROWS: u64 = 1 << 20;

pub(super) fn look(source: &Source) -> Result<Book> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut stream = Stream::open(source)?;
    while let Some((name, is_visible)) = stream.next_table()? {
        let mut first = Vec::new();
        let mut sink = |row| {
            first.push(row);
            first.len() < limits::HEADER_ROWS
        };
        stream.rows(source.name(), &mut sink)?;
        sheets.push(Sheet { name, is_visible, first });
        refuse_many(source.name(), sheets.len())?;
    }
    Ok(Book { sheets, ..Book::default() })
}

pub(super) fn read(source: &Source, sheet: &str, sink: Sink<'_>) -> Result<()> {
    let mut stream = Stream::open(source)?;
    while let Some((name, _)) = stream.next_table()? {
        if name == sheet {
            return stream.rows(source.name(), sink);
        }
    }
    Ok(())
}

struct Stream {
    name: String,
    xml: Reader<BufReader<Box<dyn Read + Send>>>,
    buffer: Vec<u8>,
    hidden: Vec<String>,
    style: Option<String>,
    /// How deep within a table the reader stands.
    is_in_table: bool,
}

/// What is being put together of a row.
#[derive(Default)]
struct Row {
    at: u64,
    repeated: u64,
    column: usize,
    cells: Vec<(usize, RawCell)>,
}

/// What is being put together of a cell.
#[derive(Default)]
struct Reading {
    repeated: usize,
    kind: String,
    value: Option<String>,
    text: String,
    paragraphs: usize,
    is_error: bool,
}

impl Stream {
    fn open(source: &Source) -> Result<Self> {
        let archive = Archive::open(source)?;
        let part: Box<dyn Read + Send> = Box::new(archive.part("content.xml")?);
        let mut xml = Reader::from_reader(BufReader::with_capacity(64 << 10, part));
        let config = xml.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Ok(Self {
            name: source.name().to_owned(),
            xml,
            buffer: Vec::new(),
            hidden: Vec::new(),
            style: None,
            is_in_table: false,
        })
    }

    fn damaged(&self, what: &str) -> Error {
        DAMAGED
            .error(format!("`{}` is damaged: {what}", self.name))
            .with_hint("open it in a spreadsheet, save it again, and try once more")
    }

    /// Goes on to the next table, and says how it is called and whether it is shown.
    fn next_table(&mut self) -> Result<Option<(String, bool)>> {
        loop {
            self.buffer.clear();
            let event = self.xml.read_event_into(&mut self.buffer);
            let event = match event {
                Ok(event) => event,
                Err(cause) => return Err(broken(&self.name, &cause)),
            };
            match event {
                Event::Start(start) => match start.name().as_ref() {
                    "style:style" => self.style = attribute(&start, "style:name"),
                    "style:table-properties" => {
                        let is_hidden =
                            attribute(&start, "table:display").as_deref() == Some("false");
                        self.hidden.extend(self.style.take().filter(|_| is_hidden));
                    }
                    "table:table" if !self.is_in_table => {
                        let name = attribute(&start, "table:name").unwrap_or_default();
                        let style = attribute(&start, "table:style-name").unwrap_or_default();
                        self.is_in_table = true;
                        return Ok(Some((name, !self.hidden.contains(&style))));
                    }
                    _ => {}
                },
                Event::End(end) if end.name().as_ref() == "table:table" => self.is_in_table = false,
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Hands over the rows of the table in which it stands, as long as more are wanted.
    fn rows(&mut self, name: &str, sink: Sink<'_>) -> Result<()> {
        let mut gather = Gather::new(name, sink);
        let mut row = Row::default();
        let mut cell: Option<Reading> = None;
        let mut n_rows = 0_u64;
        let mut beside = 0_usize;
        loop {
            self.buffer.clear();
            let event = match self.xml.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(cause) => return Err(broken(&self.name, &cause)),
            };
            match event {
                Event::Start(start) => match start.name().as_ref() {
                    // What is said about a cell is no part of it.
                    "office:annotation" | "table:table" | "draw:frame" => beside += 1,
                    _ if beside > 0 => {}
                    "table:table-row" => {
                        let repeated = count(&start, "table:number-rows-repeated");
                        row = Row { at: row.at + row.repeated, repeated, ..Row::default() };
                    }
                    "table:table-cell" | "table:covered-table-cell" => {
                        cell = Some(Reading::of(&start));
                    }
                    "text:p" | "text:h" => {
                        if let Some(cell) = &mut cell {
                            cell.paragraph();
                        }
                    }
                    "text:s" => {
                        let spaces = count(&start, "text:c").min(limits::VALUE_CHARS as u64);
                        for _ in 0..spaces {
                            push(&mut cell, " ");
                        }
                    }
                    "text:tab" => push(&mut cell, "\t"),
                    "text:line-break" => push(&mut cell, "\n"),
                    _ => {}
                },
                Event::Text(text) if beside == 0 => push(&mut cell, &text.xml10_content()),
                Event::CData(text) if beside == 0 => push(&mut cell, text.as_ref()),
                Event::GeneralRef(entity) if beside == 0 => {
                    let letter = entity.resolve_char_ref().ok().flatten();
                    match (letter, resolve_xml_entity(entity.as_ref())) {
                        (Some(letter), _) => push(&mut cell, letter.encode_utf8(&mut [0; 4])),
                        (None, Some(known)) => push(&mut cell, known),
                        (None, None) => {
                            return Err(self.damaged("it has an entity that nobody declared"));
                        }
                    }
                }
                Event::End(end) => match end.name().as_ref() {
                    "table:table" if beside == 0 => {
                        self.is_in_table = false;
                        gather.flush();
                        return Ok(());
                    }
                    "office:annotation" | "table:table" | "draw:frame" => {
                        beside = beside.saturating_sub(1);
                    }
                    _ if beside > 0 => {}
                    "table:table-cell" | "table:covered-table-cell" => {
                        if let Some(cell) = cell.take() {
                            row.take(name, cell)?;
                        }
                    }
                    "table:table-row" if !row.cells.is_empty() => {
                        let last = row.at.saturating_add(row.repeated);
                        n_rows = n_rows.saturating_add(row.repeated);
                        if last > MOST_ROWS || n_rows > limits::ROWS {
                            return Err(TOO_LARGE
                                .error(format!(
                                    "`{name}`: row {} is written for {} rows",
                                    row.at + 1,
                                    row.repeated
                                ))
                                .with_hint("delete what stands below the list"));
                        }
                        for at in row.at..last {
                            for (column, cell) in &row.cells {
                                if !gather.cell(at, *column, cell.clone())? {
                                    return Ok(());
                                }
                            }
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Err(self.damaged("it ends within a table")),
                _ => {}
            }
        }
    }
}

fn broken(name: &str, cause: &quick_xml::Error) -> Error {
    DAMAGED
        .error(format!("`{name}` is damaged: {cause}"))
        .with_hint("open it in a spreadsheet, save it again, and try once more")
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found =
        start.attributes().with_checks(false).flatten().find(|one| one.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn count(start: &BytesStart<'_>, name: &str) -> u64 {
    attribute(start, name).and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn push(cell: &mut Option<Reading>, text: &str) {
    if let Some(cell) = cell
        && cell.text.len() < limits::LONG_CHARS * 4
    {
        cell.text.push_str(text);
    }
}

impl Row {
    fn take(&mut self, name: &str, reading: Reading) -> Result<()> {
        let (column, repeated) = (self.column, reading.repeated);
        self.column = self.column.saturating_add(repeated);
        let cell = reading.cell();
        if cell == RawCell::Empty {
            return Ok(());
        }
        if column.saturating_add(repeated) > limits::COLUMNS {
            return Err(TOO_LARGE
                .error(format!(
                    "`{name}`: row {} has more than {} columns",
                    self.at + 1,
                    limits::COLUMNS
                ))
                .with_hint("delete what stands to the right of the list"));
        }
        self.cells.extend((column..column + repeated).map(|at| (at, cell.clone())));
        Ok(())
    }
}

impl Reading {
    fn of(start: &BytesStart<'_>) -> Self {
        let repeated = count(start, "table:number-columns-repeated");
        let value =
            ["office:date-value", "office:boolean-value", "office:value", "office:string-value"]
                .into_iter()
                .find_map(|name| attribute(start, name));
        Self {
            repeated: usize::try_from(repeated).unwrap_or(usize::MAX),
            kind: attribute(start, "office:value-type").unwrap_or_default(),
            value,
            is_error: attribute(start, "calcext:value-type").as_deref() == Some("error"),
            ..Self::default()
        }
    }

    fn paragraph(&mut self) {
        if self.paragraphs > 0 {
            self.text.push('\n');
        }
        self.paragraphs += 1;
    }

    fn cell(self) -> RawCell {
        let value = self.value.unwrap_or_default();
        if self.is_error {
            return RawCell::Error(self.text);
        }
        match self.kind.as_str() {
            "date" => RawCell::Day(value),
            "boolean" => RawCell::Bool(value == "true"),
            "float" | "percentage" | "currency" => {
                // Zeros that the sheet shows before a number belong to it.
                let shown = self.text.trim();
                let is_padded = shown.len() > value.len()
                    && shown.starts_with('0')
                    && shown.bytes().all(|byte| byte.is_ascii_digit())
                    && shown.trim_start_matches('0') == value;
                if is_padded {
                    RawCell::Text(shown.to_owned())
                } else {
                    RawCell::Number(number(&value).unwrap_or(value))
                }
            }
            _ if self.text.is_empty() && value.is_empty() => RawCell::Empty,
            _ if self.text.is_empty() => RawCell::Text(value),
            _ => RawCell::Text(self.text),
        }
    }
}
