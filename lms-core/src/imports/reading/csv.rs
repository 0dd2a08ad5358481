//! Text with delimiters: rows of it, and which delimiter it is.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::encoding::{Decoded, Found};
use super::fields::Kind;
use super::headers::fold;
use super::rows::{RawCell, RawRow};
use super::source::Source;
use super::{ENCODING, QUOTATION, TOO_LARGE, limits};
use crate::kernel::error::{Error, Result};

/// What may stand between cells, the likeliest first.
const DELIMITERS: [char; 5] = [',', ';', '\t', '|', ':'];
/// What SAP puts behind every row.
const SAP_END: &str = "!##!";

/// How cells are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    /// Whether the first line is `sep=;`, which is for Excel.
    pub(super) has_sep_line: bool,
}

impl Dialect {
    /// As somebody says, or as the first lines look.
    pub(super) fn find(
        source: &Source,
        encoding: Found,
        kind: Kind,
        delimiter: Option<char>,
        quote: Option<char>,
    ) -> Result<Self> {
        let ascii = |letter: char, field: &str| {
            u8::try_from(letter).ok().filter(u8::is_ascii).ok_or_else(|| {
                Error::invalid(field, format!("`{letter}` cannot stand between or around cells"))
                    .with_hint("take a plain sign, such as a comma, a semicolon or a tab")
            })
        };
        let quote = quote.map_or(Ok(b'"'), |letter| ascii(letter, "quote"))?;
        let mut sample = Vec::new();
        let mut text =
            Decoded::new(source.input(), encoding.encoding).take(limits::SAMPLE_BYTES as u64);
        text.read_to_end(&mut sample).map_err(|cause| source.unreadable(&cause))?;
        let said = sep_line(&sample);
        let delimiter = match (delimiter, said) {
            (Some(letter), _) => ascii(letter, "delimiter")?,
            (None, Some(delimiter)) => delimiter,
            (None, None) => likeliest(&sample, quote, kind),
        };
        Ok(Self { delimiter, quote, has_sep_line: said.is_some() })
    }

    fn reader(self) -> Reader {
        ReaderBuilder::new().delimiter(self.delimiter).quote(self.quote).build()
    }
}

fn sep_line(sample: &[u8]) -> Option<u8> {
    let line = sample.split(|byte| *byte == b'\n').next()?;
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter with which the first rows look most like a table: with headers that are known, and rows of
/// one length.
fn likeliest(sample: &[u8], quote: u8, kind: Kind) -> u8 {
    // The last line may be cut.
    let whole = if sample.len() == limits::SAMPLE_BYTES {
        sample.iter().rposition(|byte| *byte == b'\n').map_or(sample.len(), |at| at + 1)
    } else {
        sample.len()
    };
    let sample = sample.get(..whole).unwrap_or_default();
    let looks = |delimiter: char| {
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        let dialect = Dialect { delimiter, quote, has_sep_line: false };
        let rows = CsvRows::of(io::Cursor::new(sample.to_vec()), "", dialect);
        let rows: Vec<RawRow> = rows.map_while(Result::ok).take(60).collect();
        let known =
            rows.iter().take(limits::HEADER_ROWS).map(|row| super::header::known(kind, row)).max();
        let mut lengths: Vec<usize> = rows.iter().map(|row| row.cells.len()).collect();
        lengths.sort_unstable();
        let usual = lengths.get(lengths.len() / 2).copied().unwrap_or(1);
        let same = lengths.iter().filter(|length| **length == usual).count();
        let even = if usual > 1 { same * 100 / lengths.len().max(1) } else { 0 };
        (known.unwrap_or(0), even, usual)
    };
    // Of equals, the first.
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| looks(*delimiter));
    best.and_then(|delimiter| u8::try_from(delimiter).ok()).unwrap_or(b',')
}

/// Rows of text.
#[expect(clippy::struct_excessive_bools, reason = "where in the text it is, in words")]
pub(super) struct CsvRows<R> {
    text: R,
    name: String,
    core: Reader,
    input: Vec<u8>,
    from: usize,
    until: usize,
    cells: Vec<u8>,
    ends: Vec<usize>,
    skips_first: bool,
    is_over: bool,
    /// Whether the text is at its end, and did not end with a line end.
    ends_within_line: bool,
    is_at_end: bool,
}

impl CsvRows<Decoded> {
    pub(super) fn new(source: &Source, encoding: Found, dialect: Dialect) -> Self {
        Self::of(Decoded::new(source.input(), encoding.encoding), source.name(), dialect)
    }
}

impl<R: Read> CsvRows<R> {
    fn of(text: R, name: &str, dialect: Dialect) -> Self {
        Self {
            text,
            name: name.to_owned(),
            core: dialect.reader(),
            input: vec![0; 64 << 10],
            from: 0,
            until: 0,
            cells: vec![0; 4 << 10],
            ends: vec![0; 64],
            skips_first: dialect.has_sep_line,
            is_over: false,
            ends_within_line: false,
            is_at_end: false,
        }
    }

    /// The next row; nothing at the end.
    fn row(&mut self) -> Result<Option<RawRow>> {
        let (mut written, mut ended) = (0, 0);
        loop {
            if self.from == self.until && !self.is_at_end {
                self.refill()?;
            }
            // An end that the text has not is put there, so that a quotation mark that is never closed shows.
            let is_flushing = self.is_at_end && self.from == self.until;
            let input = self.input.get(self.from..self.until).unwrap_or_default();
            let output = self.cells.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, wrote, n_ends) = self.core.read_record(input, output, ends);
            self.from += read;
            written += wrote;
            ended += n_ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    if self.cells.len() >= limits::ROW_BYTES {
                        return Err(self.too_long(written));
                    }
                    self.cells.resize(self.cells.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() > limits::COLUMNS {
                        return Err(self.too_wide(written));
                    }
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record if is_flushing => {
                    return Err(QUOTATION
                        .error(format!(
                            "`{}`: a quotation mark in the row that begins on line {} is never closed",
                            self.name,
                            self.line_of(written, false)
                        ))
                        .with_hint("close it, or write it twice if it belongs to the value")
                        .with_hint("if values have single quotation marks that mean nothing, read the file \
                                    with another `--quote`"));
                }
                ReadRecordResult::Record => {
                    if self.skips_first {
                        self.skips_first = false;
                        (written, ended) = (0, 0);
                        continue;
                    }
                    return self.record(written, ended).map(Some);
                }
            }
        }
    }

    fn refill(&mut self) -> Result<()> {
        let last = self.until.checked_sub(1).and_then(|at| self.input.get(at)).copied();
        self.from = 0;
        self.until = loop {
            match self.text.read(&mut self.input) {
                Ok(read) => break read,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    return Err(super::CANNOT_READ
                        .error(format!("cannot read `{}` to its end: {cause}", self.name)));
                }
            }
        };
        if self.until == 0 {
            self.is_at_end = true;
            self.ends_within_line = last.is_some_and(|byte| byte != b'\n');
            if self.ends_within_line
                && let Some(first) = self.input.first_mut()
            {
                *first = b'\n';
                self.until = 1;
            }
        }
        Ok(())
    }

    fn record(&self, written: usize, ended: usize) -> Result<RawRow> {
        let bytes = self.cells.get(..written).unwrap_or_default();
        let text = std::str::from_utf8(bytes)
            .map_err(|cause| ENCODING.error("a text cannot be decoded").with_source(cause))?;
        let mut cells = Vec::with_capacity(ended);
        let mut from = 0;
        for end in self.ends.get(..ended).unwrap_or_default() {
            let cell = text.get(from..*end).unwrap_or_default();
            from = *end;
            cells.push(if cell.is_empty() {
                RawCell::Empty
            } else {
                RawCell::Text(cell.to_owned())
            });
        }
        if let Some(RawCell::Text(last)) = cells.last_mut()
            && let Some(kept) = last.strip_suffix(SAP_END)
        {
            *last = kept.to_owned();
        }
        let is_last = self.is_at_end && self.from == self.until;
        Ok(RawRow {
            number: self.line_of(written, true),
            cells,
            is_cut: is_last && self.ends_within_line,
        })
    }

    /// The line on which the row begins of which so much was read, perhaps its end as well.
    fn line_of(&self, written: usize, is_ended: bool) -> u64 {
        let bytes = self.cells.get(..written).unwrap_or_default();
        let line_ends = bytes.iter().filter(|byte| **byte == b'\n');
        let within = line_ends.count() as u64;
        self.core.line().saturating_sub(within + u64::from(is_ended)).max(1)
    }

    fn too_long(&self, written: usize) -> Error {
        let line = self.line_of(written, false);
        TOO_LARGE
            .error(format!(
                "`{}`: the row that begins on line {line} has more than {} kB",
                self.name,
                limits::ROW_BYTES >> 10
            ))
            .with_hint(format!("look at line {line}: a quotation mark there may never be closed"))
            .with_hint("if it is no text with delimiters at all, save it as CSV or XLSX")
    }

    fn too_wide(&self, written: usize) -> Error {
        TOO_LARGE
            .error(format!(
                "`{}`: line {} has more than {} columns",
                self.name,
                self.line_of(written, false),
                limits::COLUMNS
            ))
            .with_hint("remove the columns that are not to be imported")
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<RawRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let row = self.row().transpose();
        self.is_over = !matches!(row, Some(Ok(_)));
        row
    }
}

/// Whether a line says something about the file rather than about a record: `version:v1.0`.
pub(super) fn is_about_file(row: &RawRow) -> bool {
    row.filled() == 1 && row.cells.iter().any(|cell| fold(cell.text()).starts_with("version"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::imports::reading::encoding::{detect, named};

    fn rows_with(bytes: &[u8], delimiter: Option<char>) -> Result<Vec<RawRow>> {
        let source = Source::bytes("people.csv", bytes.to_vec());
        let encoding = detect(&source)?;
        let dialect = Dialect::find(&source, encoding, Kind::People, delimiter, None)?;
        CsvRows::new(&source, encoding, dialect).collect()
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let rows = rows_with(text.as_bytes(), None).unwrap();
        let plain = |row: RawRow| {
            (row.number, row.cells.iter().map(|cell| cell.text().to_owned()).collect())
        };
        rows.into_iter().map(plain).collect()
    }

    fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_numbered_as_an_editor_does() {
        let text = "name;email\r\n\r\n\"Ada\r\nL.\";a@x.org\rBo;b@x.org\n\nCy;\"c\"\"@x.org\"";
        assert_eq!(
            rows(text),
            [
                row(1, &["name", "email"]),
                row(3, &["Ada\nL.", "a@x.org"]),
                row(5, &["Bo", "b@x.org"]),
                row(7, &["Cy", "c\"@x.org"]),
            ]
        );
        assert_eq!(rows("email\rname\r"), [row(1, &["email"]), row(2, &["name"])]);
    }

    #[test]
    fn the_delimiter_is_found() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = ["first name", "last name", "e-mail"].join(delimiter);
            let text = format!("{text}\nAda{delimiter}Lovelace{delimiter}ada@example.com\n");
            assert_eq!(rows(&text)[1].1.len(), 3, "{delimiter}");
        }
        // A comma in most values, and yet it is the semicolon.
        let text =
            "Name;Department;Note\n\"Lovelace, Ada\";R, D;a, b, c\nHopper, Grace;X, Y;d, e, f\n";
        assert_eq!(rows(text)[2].1, ["Hopper, Grace", "X, Y", "d, e, f"]);
        assert_eq!(rows("sep=|\nemail|name\n")[0], row(2, &["email", "name"]));
        assert_eq!(rows("USERID|FNAME!##!\n7|Ada!##!\n")[1].1, ["7", "Ada"]);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told_with_its_line() {
        for text in
            ["email,name\na@x.org,\"Ada\nb@x.org,Bo\n", "email,name\na@x.org,\"Ada\nb@x.org,Bo"]
        {
            let error = rows_with(text.as_bytes(), None).unwrap_err();
            assert!(error.message().contains("on line 2 is never closed"), "{error}");
        }
    }

    #[test]
    fn what_is_too_long_or_too_wide_ends_before_it_is_kept() {
        let long = format!("email\n{}", "x".repeat(limits::ROW_BYTES * 3));
        let error = rows_with(long.as_bytes(), None).unwrap_err();
        assert!(error.message().contains("begins on line 2 has more than 1024 kB"), "{error}");
        let wide = format!("email\n{}", ",".repeat(1_000_000));
        let error = rows_with(wide.as_bytes(), Some(',')).unwrap_err();
        assert!(error.message().contains("line 2 has more than 1000 columns"), "{error}");
    }

    #[test]
    fn the_last_row_may_be_cut() {
        let rows = rows_with(b"email,name\na@x.org,Ada\nb@x.org", None).unwrap();
        assert_eq!(rows.iter().map(|row| row.is_cut).collect::<Vec<_>>(), [false, false, true]);
    }

    fn quoted(cell: &str, delimiter: char) -> String {
        let needs = cell.contains(['"', '\n', '\r', delimiter]) || cell.is_empty();
        if needs { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The same table, however it is written.
        #[test]
        fn however_a_table_is_written_it_is_the_same(
            cells in proptest::collection::vec(proptest::collection::vec("[a-zäöüé \"\n;,|\t]{0,12}", 3), 1..6),
            delimiter in proptest::sample::select(vec![',', ';', '\t', '|']),
            ends in proptest::sample::select(vec!["\n", "\r\n", "\r"]),
            encoding in proptest::sample::select(vec!["utf-8", "utf-16le", "utf-16be", "windows-1252"]),
        ) {
            let header = vec!["email".to_owned(), "first name".to_owned(), "last name".to_owned()];
            let table: Vec<Vec<String>> = std::iter::once(header).chain(cells).collect();
            let lines = table.iter().map(|row| {
                let row: Vec<String> = row.iter().map(|cell| quoted(cell, delimiter)).collect();
                row.join(&delimiter.to_string()) + ends
            });
            let text: String = lines.collect();
            let bytes: Vec<u8> = match encoding {
                "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                name => named(name).unwrap().encoding.encode(&text).0.into_owned(),
            };
            let source = Source::bytes("people.csv", bytes);
            let found = named(encoding).unwrap();
            let dialect = Dialect::find(&source, found, Kind::People, None, None).unwrap();
            prop_assert_eq!(char::from(dialect.delimiter), delimiter);
            let rows: Result<Vec<RawRow>> = CsvRows::new(&source, found, dialect).collect();
            let read: Vec<Vec<String>> = rows
                .unwrap()
                .into_iter()
                .map(|row| row.cells.iter().map(|cell| cell.text().to_owned()).collect())
                .collect();
            prop_assert_eq!(read, table);
        }

        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = rows_with(&bytes, None);
        }
    }
}
