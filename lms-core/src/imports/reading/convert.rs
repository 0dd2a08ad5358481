//! A row becomes a record, or everything that is wrong with it. Pure.

use std::sync::Arc;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::dates::{DateFormat, Written};
use super::fields::{FieldSpec, Kind, Shape};
use super::header::{Assigned, shortened};
use super::headers::letters;
use super::mapping::Words;
use super::rows::{RawCell, RawRow, is_space};
use super::types::{Cell, Decimal, EmptyMeans, Field, ReadRow, Record, RowError, Scalar};
use super::words;
use super::{
    ROW_BOOL, ROW_CHARACTERS, ROW_CUT, ROW_DATE, ROW_FORMULA, ROW_LONG, ROW_NAME, ROW_NO_KEY,
    ROW_NUMBER, ROW_RAGGED, ROW_REQUIRED, ROW_SHORTENED, ROW_SPLIT, ROW_STATUS, ROW_VALUE, limits,
};
use crate::kernel::error::ErrorCode;
use crate::kernel::text::{Country, Email, Locale, TimeZoneName};

/// What stands for nothing, whatever a file is about.
const NOTHING: &[&str] = &["\\N", "(null)", "<null>", "[null]", "(leer)", "(blank)"];
/// Errors of formulas, in the languages of Excel that people have.
const FORMULA_ERRORS: &[&str] = &[
    "#N/A",
    "#REF!",
    "#NAME?",
    "#VALUE!",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#NV",
    "#BEZUG!",
    "#WERT!",
    "#ZAHL!",
    "#NOM?",
    "#VALEUR!",
    "#NOMBRE!",
    "#¡REF!",
    "#¡VALOR!",
    "#¿NOMBRE?",
    "#RIF!",
    "#VALORE!",
    "#NOME?",
    "#NOMBRE?",
];

/// How rows are read: which column goes where, and how.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) fields: Arc<[Field]>,
    pub(super) width: usize,
    /// Those last that are asked where no other says anything.
    pub(super) columns: Vec<PlannedColumn>,
    pub(super) constants: Vec<(usize, Cell)>,
    pub(super) delimiter: Option<char>,
    pub(super) encoding: Option<String>,
}

/// A column that is read.
#[derive(Debug)]
pub(super) struct PlannedColumn {
    pub(super) at: usize,
    pub(super) header: String,
    /// Where in the record its value goes, or its parts.
    pub(super) into: Vec<usize>,
    pub(super) split: Option<String>,
    /// Whether it is a path whose last part counts, and only where nothing else says the field.
    pub(super) is_path: bool,
    pub(super) inverted: Option<&'static str>,
    pub(super) words: Arc<Words>,
    pub(super) dates: DateFormat,
    pub(super) empty: EmptyMeans,
}

impl PlannedColumn {
    pub(super) fn new(
        at: usize,
        header: &str,
        into: Vec<usize>,
        column: &Assigned,
        dates: DateFormat,
    ) -> Self {
        Self {
            at,
            header: header.to_owned(),
            into,
            split: column.split.as_ref().map(|(between, _)| between.clone()),
            is_path: column.is_path,
            inverted: column.inverted,
            words: Arc::clone(&column.words),
            dates,
            empty: column.empty,
        }
    }
}

/// What is wrong with a value, before it is known where it stands.
struct Wrong {
    code: &'static ErrorCode,
    message: String,
    hint: Option<String>,
}

impl Wrong {
    fn new(code: &'static ErrorCode, message: impl Into<String>, hint: &str) -> Self {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        Self { code, message: message.into(), hint }
    }
}

impl From<crate::kernel::error::Error> for Wrong {
    fn from(error: crate::kernel::error::Error) -> Self {
        Self {
            code: &ROW_VALUE,
            message: error.message().to_owned(),
            hint: error.hints().first().cloned(),
        }
    }
}

impl Plan {
    /// Reads a row.
    pub(super) fn read(&self, row: RawRow) -> ReadRow {
        let outcome = self.record(&row);
        let raw = row.cells.into_iter().map(|cell| match cell {
            RawCell::Text(text)
            | RawCell::Number(text)
            | RawCell::Day(text)
            | RawCell::Error(text) => text,
            other => other.text().to_owned(),
        });
        let mut raw: Vec<String> = raw.collect();
        if raw.len() < self.width {
            raw.resize(self.width, String::new());
        }
        ReadRow { number: row.number, raw, outcome }
    }

    fn record(&self, row: &RawRow) -> Result<Record, Vec<RowError>> {
        let mut wrong = Vec::new();
        let mut whole = |code: &'static ErrorCode, message: String, hint: &str| {
            wrong.push(RowError {
                row: row.number,
                column: None,
                header: None,
                field: None,
                value: None,
                code: code.code,
                message,
                hint: Some(hint.to_owned()),
            });
        };
        let longest = row.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |at| at + 1);
        if longest > self.width {
            let message = format!("it has {longest} cells, and the header has {}", self.width);
            let hint = "a value may hold the delimiter and lack quotation marks";
            whole(&ROW_RAGGED, message, hint);
            // Which of its values is in which column, nobody knows.
            return Err(wrong);
        }
        if row.is_cut && row.cells.len() < self.width {
            let message = format!(
                "the file ends within it: it has {} cells of {}",
                row.cells.len(),
                self.width
            );
            whole(
                &ROW_CUT,
                message,
                "the file may not have arrived whole; export or copy it again",
            );
            return Err(wrong);
        }
        let mut cells = vec![Cell::Absent; self.fields.len()];
        for (at, constant) in &self.constants {
            if let Some(cell) = cells.get_mut(*at) {
                *cell = constant.clone();
            }
        }
        for column in &self.columns {
            if let Err(error) = self.fill(column, row, &mut cells) {
                wrong.push(*error);
            }
        }
        if wrong.is_empty() {
            self.tell_names_apart(row, &mut cells, &mut wrong);
        }
        if wrong.is_empty() {
            self.demand(row, &cells, &mut wrong);
        }
        if wrong.is_empty() {
            Ok(Record { number: row.number, fields: Arc::clone(&self.fields), cells })
        } else {
            Err(wrong)
        }
    }

    fn fill(
        &self,
        column: &PlannedColumn,
        row: &RawRow,
        cells: &mut [Cell],
    ) -> Result<(), Box<RowError>> {
        let said = row.cells.get(column.at).filter(|cell| !cell.is_absent());
        let Some(raw) = said else { return Ok(()) };
        let told = |wrong: Wrong, field: Option<&Field>| {
            Box::new(RowError {
                row: row.number,
                column: Some(letters(column.at)),
                header: Some(column.header.clone()),
                field: field.map(Field::name),
                value: Some(shortened(raw.text())),
                code: wrong.code.code,
                message: wrong.message,
                hint: wrong.hint,
            })
        };
        let Some(between) = &column.split else {
            let Some((into, field)) =
                column.into.first().and_then(|at| Some((*at, self.fields.get(*at)?)))
            else {
                return Ok(());
            };
            if column.is_path && cells.get(into).is_some_and(|cell| matches!(cell, Cell::Value(_)))
            {
                return Ok(());
            }
            let end = column.is_path.then(|| end_of_path(raw.text()));
            let raw = end.as_ref().unwrap_or(raw);
            let cell = self.cell(column, raw, field).map_err(|wrong| told(wrong, Some(field)))?;
            if let Some(place) = cells.get_mut(into) {
                join(place, cell);
            }
            return Ok(());
        };
        let text =
            self.clean(raw.text(), limits::VALUE_CHARS).map_err(|wrong| told(wrong, None))?;
        let parts: Vec<&str> = match column.into.len() {
            _ if text.is_empty() => Vec::new(),
            n_parts => text.splitn(n_parts, between.as_str()).map(str::trim).collect(),
        };
        if !parts.is_empty() && parts.len() < column.into.len() {
            let message = format!("`{}` has no `{between}` in it", shortened(&text));
            let hint = "correct the value, or the split in the mapping file";
            return Err(told(Wrong::new(&ROW_SPLIT, message, hint), None));
        }
        for (at, into) in column.into.iter().enumerate() {
            let Some(field) = self.fields.get(*into) else { continue };
            let part =
                parts.get(at).map_or(RawCell::Empty, |part| RawCell::Text((*part).to_owned()));
            let cell = self.cell(column, &part, field).map_err(|wrong| told(wrong, Some(field)))?;
            if let Some(place) = cells.get_mut(*into) {
                *place = cell;
            }
        }
        Ok(())
    }

    fn cell(&self, column: &PlannedColumn, raw: &RawCell, field: &Field) -> Result<Cell, Wrong> {
        let shape = match field {
            Field::Known(spec) => spec.shape,
            Field::Attribute(_) => Shape::Text,
        };
        match raw {
            RawCell::Error(error) => return Err(formula(error)),
            RawCell::Formula => {
                return Err(Wrong::new(
                    &ROW_FORMULA,
                    "it holds a formula, and the sheet does not say what comes of it",
                    "open the sheet in a spreadsheet, which calculates it, save it, and import it again",
                ));
            }
            _ => {}
        }
        let chars = if shape == Shape::LongText { limits::LONG_CHARS } else { limits::VALUE_CHARS };
        let mut text = self.clean(raw.text(), chars)?;
        if shape == Shape::Code
            && let Some(rest) = text.strip_prefix('\'')
            && rest.starts_with(|first: char| first.is_ascii_digit())
        {
            text = String::from(rest);
        }
        let is_mapped = match column.words.meant(&text) {
            Some(meant) => {
                meant.clone_into(&mut text);
                true
            }
            None => false,
        };
        if text.is_empty() || (!is_mapped && NOTHING.contains(&&*text)) {
            return Ok(nothing(column.empty));
        }
        if FORMULA_ERRORS.contains(&&*text) {
            return Err(formula(&text));
        }
        let raw = if is_mapped { &RawCell::Text(text.clone()) } else { raw };
        self.scalar(column, raw, text, shape)
    }

    fn scalar(
        &self,
        column: &PlannedColumn,
        raw: &RawCell,
        text: String,
        shape: Shape,
    ) -> Result<Cell, Wrong> {
        Ok(Cell::Value(match shape {
            Shape::Text => Scalar::Text(self.one_line(text)?),
            Shape::LongText => Scalar::Text(text),
            Shape::Code => {
                let text = self.one_line(text)?;
                if is_shortened(&text) {
                    return Err(Wrong::new(
                        &ROW_SHORTENED,
                        format!("`{text}` is what a spreadsheet made of a long number"),
                        "format the column as text before the values are put in, and export it again",
                    ));
                }
                Scalar::Text(text)
            }
            Shape::Email => {
                let text = self.one_line(text)?;
                let bare = text.strip_prefix("mailto:").unwrap_or(&text);
                Scalar::Text(Email::parse(bare)?.to_string())
            }
            Shape::Day => return day(raw, &text, column),
            Shape::Bool => Scalar::Bool(match raw {
                RawCell::Bool(is) => *is,
                _ => words::yes_or_no(&text).ok_or_else(|| {
                    Wrong::new(
                        &ROW_BOOL,
                        format!("`{}` is neither yes nor no", shortened(&text)),
                        "write `yes` or `no`, or say what the word means in a mapping file, under `values`",
                    )
                })?,
            }),
            Shape::Status => Scalar::Text(status(column, raw, &text)?.to_owned()),
            Shape::Integer | Shape::Decimal => {
                let number = words::number(&text).filter(|digits| {
                    shape == Shape::Decimal || !digits.contains('.')
                });
                Scalar::Number(Decimal(number.ok_or_else(|| {
                    let what = if shape == Shape::Integer { "whole number" } else { "number" };
                    Wrong::new(
                        &ROW_NUMBER,
                        format!("`{}` is no {what}", shortened(&text)),
                        "write digits only, without a thousands separator",
                    )
                })?))
            }
            Shape::List => {
                let between = ['|', ';', ','].into_iter().find(|sign| text.contains(*sign));
                let parts = text.split(|letter| Some(letter) == between || letter == '\n');
                let parts = parts.map(str::trim).filter(|part| !part.is_empty());
                Scalar::List(parts.map(str::to_owned).collect())
            }
            Shape::Locale => Scalar::Text(Locale::parse(&words::locale(&text))?.to_string()),
            Shape::TimeZone => Scalar::Text(TimeZoneName::parse(&text)?.as_str().to_owned()),
            Shape::Country => Scalar::Text(Country::parse(&text.to_uppercase())?.to_string()),
        }))
    }

    /// A text without what surrounds it, in one form of Unicode.
    fn clean(&self, text: &str, chars: usize) -> Result<String, Wrong> {
        let text = text.trim_matches(is_space);
        // `="00123"` is how a CSV tells Excel to keep the zeros.
        let text = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        let text = unguarded(text.trim_matches(is_space));
        if text.len() > chars && text.chars().count() > chars {
            return Err(Wrong::new(
                &ROW_LONG,
                format!("it has more than {chars} characters"),
                "shorten it; a quotation mark may be missing before it",
            ));
        }
        if text.contains('\u{fffd}') {
            let encoding = self.encoding.as_deref().unwrap_or("its encoding");
            return Err(Wrong::new(
                &ROW_CHARACTERS,
                format!("it holds bytes that are no character in {encoding}"),
                "export the file as UTF-8, or say in which encoding it is with `--encoding`",
            ));
        }
        let is_strange = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
        if text.contains(is_strange) {
            return Err(Wrong::new(
                &ROW_CHARACTERS,
                "it holds control characters, which nobody can see",
                "type the value again",
            ));
        }
        let plain = text.replace('\u{a0}', " ");
        Ok(if is_nfc(&plain) { plain } else { plain.nfc().collect() })
    }

    /// A text of one line. Breaks become spaces, unless a quotation mark seems to be missing.
    fn one_line(&self, text: String) -> Result<String, Wrong> {
        if !text.contains(['\n', '\t']) {
            return Ok(text);
        }
        let has_delimiter = self
            .delimiter
            .is_some_and(|delimiter| text.lines().skip(1).any(|line| line.contains(delimiter)));
        if has_delimiter {
            return Err(Wrong::new(
                &ROW_VALUE,
                "it goes on over several lines with delimiters in them",
                "a quotation mark is missing or too many at its beginning or end",
            ));
        }
        Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Given and family name of a full name, where no column has them.
    fn tell_names_apart(&self, row: &RawRow, cells: &mut [Cell], wrong: &mut Vec<RowError>) {
        let place = |name: &str| {
            self.fields
                .iter()
                .position(|field| matches!(field, Field::Known(spec) if spec.name == name))
        };
        let (Some(full), Some(first), Some(last)) =
            (place("full_name"), place("first_name"), place("last_name"))
        else {
            return;
        };
        let is_there = |at: usize| cells.get(at).is_some_and(|cell| cell.value().is_some());
        let Some(name) = cells.get(full).and_then(Cell::text).map(str::to_owned) else { return };
        if is_there(first) || is_there(last) {
            return;
        }
        let words: Vec<&str> = name.split_whitespace().collect();
        let parts = match name.split_once(',') {
            Some((last, first)) if !first.contains(',') => Some((first.trim(), last.trim())),
            _ => match words.as_slice() {
                [first, last] => Some((*first, *last)),
                _ => None,
            },
        };
        let Some((given, family)) = parts.filter(|(one, two)| !one.is_empty() && !two.is_empty())
        else {
            let column = self.columns.iter().find(|column| column.into.contains(&full));
            wrong.push(RowError {
                row: row.number,
                column: column.map(|column| letters(column.at)),
                header: column.map(|column| column.header.clone()),
                field: Some("full_name".to_owned()),
                value: Some(shortened(&name)),
                code: ROW_NAME.code,
                message:
                    "which part of it is the given name and which the family name, nobody can tell"
                        .to_owned(),
                hint: Some("deliver two columns, or write `Family, Given`".to_owned()),
            });
            return;
        };
        for (at, part) in [(first, given), (last, family)] {
            if let Some(cell) = cells.get_mut(at) {
                *cell = Cell::Value(Scalar::Text(part.to_owned()));
            }
        }
    }

    /// What has to be there.
    fn demand(&self, row: &RawRow, cells: &[Cell], wrong: &mut Vec<RowError>) {
        let has = |spec: &FieldSpec| {
            self.fields.iter().zip(cells).any(|(field, cell)| {
                cell.value().is_some()
                    && matches!(field, Field::Known(known) if known.name == spec.name)
            })
        };
        let mut told = |code: &'static ErrorCode,
                        field: Option<&str>,
                        message: String,
                        hint: String| {
            let column = field.and_then(|name| {
                self.columns.iter().find(|column| {
                    column.into.iter().any(|at| {
                        matches!(self.fields.get(*at), Some(Field::Known(spec)) if spec.name == name)
                    })
                })
            });
            wrong.push(RowError {
                row: row.number,
                column: column.map(|column| letters(column.at)),
                header: column.map(|column| column.header.clone()),
                field: field.map(str::to_owned),
                value: None,
                code: code.code,
                message,
                hint: Some(hint),
            });
        };
        for spec in self.kind.fields().iter().filter(|spec| spec.required && !has(spec)) {
            let message = format!("it has no `{}`", spec.name);
            told(&ROW_REQUIRED, Some(spec.name), message, "fill it in".to_owned());
        }
        let keys: Vec<&FieldSpec> = self.kind.fields().iter().filter(|spec| spec.key).collect();
        if !keys.is_empty() && !keys.iter().any(|spec| has(spec)) {
            let names: Vec<&str> = keys.iter().map(|spec| spec.name).collect();
            let message = "it does not say whom or what it is about".to_owned();
            told(&ROW_NO_KEY, None, message, format!("fill in one of: {}", names.join(", ")));
        }
    }
}

/// A second column for the same field: of statuses, the worst holds; of others, what is there.
/// The last part of `/Europe/Sales`; nothing of `/`, which is everybody.
fn end_of_path(path: &str) -> RawCell {
    match path.rsplit('/').map(str::trim).find(|part| !part.is_empty()) {
        Some(part) => RawCell::Text(part.to_owned()),
        None => RawCell::Empty,
    }
}

fn join(place: &mut Cell, cell: Cell) {
    *place = match (std::mem::take(place), cell) {
        (Cell::Value(Scalar::Text(one)), Cell::Value(Scalar::Text(other))) => {
            Cell::Value(Scalar::Text(words::worse(&one, &other).to_owned()))
        }
        (before, Cell::Absent) => before,
        (_, after) => after,
    };
}

fn nothing(empty: EmptyMeans) -> Cell {
    match empty {
        EmptyMeans::LeaveAlone => Cell::Absent,
        EmptyMeans::Clear => Cell::Empty,
    }
}

fn formula(error: &str) -> Wrong {
    Wrong::new(
        &ROW_FORMULA,
        format!("it holds the error `{error}` of a formula"),
        "correct the formula in the sheet, or put the value in its place",
    )
}

/// `1.23457E+15` was a number of sixteen digits.
fn is_shortened(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    power.strip_prefix('+').is_some_and(is_number)
        && digits.contains(['.', ','])
        && digits.replacen(['.', ','], "", 1).bytes().all(|byte| byte.is_ascii_digit())
}

fn day(raw: &RawCell, text: &str, column: &PlannedColumn) -> Result<Cell, Wrong> {
    let dates = &column.dates;
    let wrong = || {
        let shown = shortened(text);
        Wrong::new(
            &ROW_DATE,
            format!("`{shown}` is no day of the calendar, as its column writes them"),
            "write it like `2026-03-31`",
        )
    };
    let written = match raw {
        RawCell::Day(day) => DateFormat::plain().read(day),
        RawCell::Number(serial) => dates.read_serial(serial).or_else(|| dates.read(text)),
        RawCell::Bool(_) => None,
        _ => dates.read(text),
    };
    match written.ok_or_else(wrong)? {
        Written::Day(day) => Ok(Cell::Value(Scalar::Day(day))),
        Written::Never => Ok(nothing(column.empty)),
    }
}

fn status(column: &PlannedColumn, raw: &RawCell, text: &str) -> Result<&'static str, Wrong> {
    let is = match raw {
        RawCell::Bool(is) => Some(*is),
        _ => None,
    };
    let found = match column.inverted {
        Some(yes) => {
            is.or_else(|| words::yes_or_no(text)).map(|is| if is { yes } else { "active" })
        }
        None => is.map(|is| if is { "active" } else { "inactive" }).or_else(|| words::status(text)),
    };
    found.ok_or_else(|| {
        Wrong::new(
            &ROW_STATUS,
            format!("`{}` is no status that is known", shortened(text)),
            "say what it means in a mapping file, under `values.status`: one of active, inactive, suspended, \
             on_leave, pre_hire",
        )
    })
}

/// A text without the `'` that reports put before what a spreadsheet would take for a formula.
fn unguarded(text: &str) -> &str {
    let marks = ['=', '+', '-', '@', '\t', '\r'];
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(marks) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::unguarded;

    #[test]
    fn the_guard_of_a_report_is_taken_off_once() {
        for (written, meant) in [
            ("'=1+1", "=1+1"),
            ("''=1", "'=1"),
            ("'@x", "@x"),
            ("'tis", "'tis"),
            ("O'Hara", "O'Hara"),
        ] {
            assert_eq!(unguarded(written), meant);
        }
    }
}
