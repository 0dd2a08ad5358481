//! Which row holds the headers, and which field each column is. Pure.

use std::sync::Arc;

use super::dates::DateFormat;
use super::fields::{FieldSpec, Kind};
use super::headers::{Fit, fold, is_ours, letters, meanings};
use super::mapping::{self, Mapping, Words};
use super::rows::{RawCell, RawRow};
use super::survey::unused;
use super::systems::{self, Meant, System};
use super::types::{EmptyMeans, Field, HowKnown};
use super::{MISSING_COLUMN, NO_HEADER, TWO_COLUMNS};
use crate::kernel::error::{Error, Result};
use crate::kernel::suggest::suggest;

/// Headers of columns that nobody is shown, and that are never imported.
const SECRETS: &[&str] = &[
    "password",
    "passwort",
    "motdepasse",
    "contrasena",
    "wachtwoord",
    "senha",
    "ssn",
    "sshapassword",
    "pin",
];
/// Letters of a text that can be a header.
const HEADER_CHARS: usize = 120;

/// How many cells of a row mean a field of the kind.
pub(super) fn known(kind: Kind, row: &RawRow) -> usize {
    let texts = row.cells.iter().filter_map(|cell| match cell {
        RawCell::Text(text) if text.len() <= HEADER_CHARS => Some(text),
        _ => None,
    });
    let fields: Vec<&str> = texts
        .filter_map(|text| meanings(kind, text).first().map(|(field, _)| field.name))
        .collect();
    let mut once = fields.clone();
    once.sort_unstable();
    once.dedup();
    // Names of people can be headers; the same one twice is not.
    once.len() * 2 + usize::from(fields.len() == once.len())
}

/// The row with the headers.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) row: u64,
    pub(super) texts: Vec<String>,
    /// A second row with headers in other words, which is no record.
    pub(super) labels: Option<u64>,
    #[cfg_attr(
        not(feature = "xlsx"),
        expect(dead_code, reason = "the sheet with the best headers is taken")
    )]
    pub(super) score: usize,
}

/// Finds the header among the first rows.
pub(super) fn find(
    kind: Kind,
    rows: &[RawRow],
    said: Option<u64>,
    map: Option<&Mapping>,
) -> Result<Header> {
    let score = |row: &RawRow| {
        let mapped = map.map_or(0, |map| {
            row.cells
                .iter()
                .filter(|cell| !cell.is_blank() && map.column(cell.text()).is_some())
                .count()
        });
        let system = systems::recognise(kind, &texts_of(row)).is_some();
        match known(kind, row) {
            // One row in which no cell is known twice is not known yet.
            0 | 1 => mapped * 2 + usize::from(system) * 10,
            known => known + mapped * 2 + usize::from(system) * 10,
        }
    };
    let found = if let Some(number) = said {
        rows.iter().position(|row| row.number == number).ok_or_else(|| {
            NO_HEADER
                .error(format!("row {number} is empty, or is none of the first rows"))
                .with_field("header_row")
        })?
    } else {
        let best = rows.iter().enumerate().rev().max_by_key(|(_, row)| score(row));
        best.filter(|(_, row)| score(row) > 0)
            .map(|(at, _)| at)
            .ok_or_else(|| no_header(kind, rows))?
    };
    let row = rows.get(found).ok_or_else(|| no_header(kind, rows))?;
    let mut texts = texts_of(row);
    while texts.last().is_some_and(|text| text.trim().is_empty()) {
        texts.pop();
    }
    fill_from_above(&mut texts, rows.get(..found).unwrap_or_default());
    let is_known_system = systems::recognise(kind, &texts).is_some();
    let labels = rows.get(found + 1).filter(|next| {
        let (filled, known) = (next.filled(), known(kind, next) / 2);
        filled >= 3 && (known == filled || (is_known_system && known * 2 >= filled))
    });
    Ok(Header { row: row.number, texts, labels: labels.map(|row| row.number), score: score(row) })
}

fn texts_of(row: &RawRow) -> Vec<String> {
    row.cells
        .iter()
        .map(|cell| cell.text().trim_start_matches('\u{feff}').trim().to_owned())
        .collect()
}

/// Cells that are merged with the one above them are empty: their header stands there.
fn fill_from_above(texts: &mut [String], above: &[RawRow]) {
    for row in above.iter().rev().take(2).filter(|row| row.filled() > 1) {
        for (at, text) in texts.iter_mut().enumerate() {
            let upper = row.text(at).trim();
            if text.is_empty() && !upper.is_empty() && upper.len() <= HEADER_CHARS {
                upper.clone_into(text);
            }
        }
    }
}

fn no_header(kind: Kind, rows: &[RawRow]) -> Error {
    let Some(first) = rows.iter().find(|row| !row.is_blank()) else {
        return NO_HEADER
            .error("there is nothing in it")
            .with_hint("export it again; it may have been empty");
    };
    let texts: Vec<&str> =
        first.cells.iter().map(RawCell::text).filter(|text| !text.is_empty()).collect();
    let shown: Vec<String> =
        texts.iter().take(5).map(|text| format!("`{}`", shortened(text))).collect();
    let names: Vec<&str> = kind.fields().iter().map(|field| field.name).collect();
    let near = texts.iter().find_map(|text| suggest(text, &names));
    NO_HEADER
        .error(format!(
            "no row among the first looks like headers of {}: row {} begins with {}",
            kind.as_str(),
            first.number,
            shown.join(", ")
        ))
        .with_hints(near)
        .with_hint(format!("headers that are known: {}", names.join(", ")))
        .with_hint("if the headers have other names, say what they mean in a mapping file with `--map`, and \
                    in which row they stand with `--header-row`")
}

/// A value as it fits into a sentence.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let line = text.replace(['\n', '\t'], " ");
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

/// What a column is.
#[derive(Debug, Clone)]
pub(super) struct Assigned {
    pub(super) field: Option<Field>,
    pub(super) how: HowKnown,
    /// What yes means in a column that says the opposite of its field.
    pub(super) inverted: Option<&'static str>,
    pub(super) words: Arc<Words>,
    pub(super) dates: Option<DateFormat>,
    pub(super) empty: EmptyMeans,
    pub(super) split: Option<(String, Vec<Field>)>,
    /// Whether it is a path whose last part counts, and only where nothing else says the field.
    pub(super) is_path: bool,
    pub(super) is_secret: bool,
}

/// Everything by which columns become fields.
pub(super) struct Assigning<'a> {
    pub(super) kind: Kind,
    pub(super) headers: &'a [String],
    pub(super) map: Option<&'a Mapping>,
    pub(super) system: Option<&'static System>,
    pub(super) keeps_attributes: bool,
    pub(super) empty: EmptyMeans,
    pub(super) dates: Option<DateFormat>,
}

impl Assigning<'_> {
    /// Which field each column is.
    pub(super) fn assign(&self) -> Result<Vec<Assigned>> {
        let mut columns: Vec<Assigned> =
            self.headers.iter().map(|header| self.plain(header)).collect();
        for (at, header) in self.headers.iter().enumerate() {
            let by_map = self.by_map(header)?;
            if let Some(assigned) = by_map.or_else(|| self.by_system(header))
                && let Some(column) = columns.get_mut(at)
            {
                *column = assigned;
            }
        }
        self.by_alias(&mut columns);
        if self.keeps_attributes && self.kind.has_attributes() {
            for (header, column) in self.headers.iter().zip(&mut columns) {
                let key = attribute_key(header);
                if column.how == HowKnown::Unknown && !key.is_empty() {
                    column.field = Some(Field::Attribute(key.into()));
                    column.how = HowKnown::Attribute;
                }
            }
        }
        self.refuse_twice(&columns)?;
        Ok(columns)
    }

    fn plain(&self, header: &str) -> Assigned {
        let is_secret = SECRETS.contains(&&*fold(header));
        let how = if is_ours(header) || is_secret { HowKnown::Ignored } else { HowKnown::Unknown };
        Assigned {
            field: None,
            how,
            inverted: None,
            words: Arc::default(),
            dates: self.dates.clone(),
            empty: self.empty,
            split: None,
            is_path: false,
            is_secret,
        }
    }

    fn of_field(&self, header: &str, field: Field, how: HowKnown) -> Assigned {
        let name = field.name();
        let words =
            self.map.map(|map| map.values_of(&name, map.column(header))).unwrap_or_default();
        Assigned { field: Some(field), how, words, ..self.plain(header) }
    }

    fn by_map(&self, header: &str) -> Result<Option<Assigned>> {
        let Some(column) = self.map.and_then(|map| map.column(header)) else { return Ok(None) };
        let fields = column
            .names()
            .map(|name| mapping::field(self.kind, name))
            .collect::<Result<Vec<Field>>>()?;
        let full = column.full();
        let mut assigned = match (fields.first(), full.and_then(|full| full.split.clone())) {
            (None, _) => Assigned { how: HowKnown::Ignored, ..self.plain(header) },
            (Some(_), Some(between)) => {
                let plain = self.plain(header);
                Assigned { how: HowKnown::Mapping, split: Some((between, fields)), ..plain }
            }
            (Some(field), None) => self.of_field(header, field.clone(), HowKnown::Mapping),
        };
        if let Some(full) = full {
            let said = full.date_format.as_deref().map(DateFormat::parse).transpose()?;
            assigned.dates = said.or(assigned.dates);
            assigned.empty = full.empty().unwrap_or(assigned.empty);
        }
        assigned.is_secret = false;
        Ok(Some(assigned))
    }

    fn by_system(&self, header: &str) -> Option<Assigned> {
        let system = self.system?;
        if let Some(key) = system.attribute(header) {
            return Some(self.of_field(header, Field::Attribute(key.into()), HowKnown::System));
        }
        match system.column(header)? {
            Meant::Nothing => Some(Assigned { how: HowKnown::Ignored, ..self.plain(header) }),
            Meant::Field { name, inverted, words } => {
                let field = self.kind.field(name)?;
                let mut assigned = self.of_field(header, Field::Known(field), HowKnown::System);
                if !words.is_empty() && assigned.words.is_empty() {
                    assigned.words = Arc::new(Words::of(words));
                }
                assigned.inverted = inverted;
                Some(assigned)
            }
            Meant::EndOfPath(name) => {
                let field = Field::Known(self.kind.field(name)?);
                let assigned = self.of_field(header, field, HowKnown::System);
                Some(Assigned { is_path: true, ..assigned })
            }
            Meant::Attribute(key) => {
                let field = Field::Attribute(key.into());
                Some(self.of_field(header, field, HowKnown::System))
            }
        }
    }

    fn by_alias(&self, columns: &mut [Assigned]) {
        let meant: Vec<Vec<(&'static FieldSpec, Fit)>> =
            self.headers.iter().map(|header| meanings(self.kind, header)).collect();
        let constants: Vec<&str> =
            self.map.iter().flat_map(|map| map.constants.keys()).map(String::as_str).collect();
        let is_taken = |columns: &[Assigned], spec: &FieldSpec| {
            constants.contains(&spec.name)
                || columns.iter().any(|column| column.delivers(spec.name))
        };
        // Columns that mean a field well: all of them, so that two for one field are noticed.
        let before = columns.to_vec();
        for (at, header) in self.headers.iter().enumerate() {
            let Some(column) = columns.get_mut(at).filter(|column| column.how == HowKnown::Unknown)
            else {
                continue;
            };
            let strong =
                meant.get(at).and_then(|meant| meant.iter().find(|(_, fit)| *fit > Fit::Weak));
            if let Some((spec, fit)) = strong
                && !is_taken(&before, spec)
            {
                *column = self.of_field(header, Field::Known(spec), HowKnown::Alias);
                column.inverted = (*fit == Fit::Inverted).then(|| inverted(header));
            }
        }
        for spec in self.kind.fields() {
            for weak in spec.weak {
                let at = meant.iter().enumerate().position(|(at, meant)| {
                    columns.get(at).is_some_and(|column| column.how == HowKnown::Unknown)
                        && meant
                            .iter()
                            .any(|(field, fit)| field.name == spec.name && *fit == Fit::Weak)
                        && self.headers.get(at).is_some_and(|header| {
                            super::headers::forms(header).iter().any(|form| form == weak)
                        })
                });
                if let Some(at) = at
                    && !is_taken(columns, spec)
                    && let (Some(header), Some(column)) =
                        (self.headers.get(at), columns.get_mut(at))
                {
                    *column = self.of_field(header, Field::Known(spec), HowKnown::Alias);
                }
            }
        }
    }

    fn refuse_twice(&self, columns: &[Assigned]) -> Result<()> {
        let mut wrong = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            // Several columns may each say that somebody is gone.
            let may_repeat = |column: &Assigned| {
                column.inverted.is_some()
                    || column.is_path
                    || (column.how == HowKnown::System && column.delivers("status"))
            };
            let Some(field) = column.field.as_ref().filter(|_| !may_repeat(column)) else {
                continue;
            };
            let others = columns.iter().enumerate().skip(at + 1);
            for (other, _) in others
                .filter(|(_, other)| !may_repeat(other) && other.field.as_ref() == Some(field))
            {
                let place = |at: usize| {
                    format!(
                        "{} (`{}`)",
                        letters(at),
                        self.headers.get(at).map_or("", String::as_str)
                    )
                };
                wrong.push(TWO_COLUMNS.error(format!(
                    "columns {} and {} are both `{field}`",
                    place(at),
                    place(other)
                )));
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let hint = "keep one of them and leave the other out with an empty text in a mapping file, such as \
                    `\"Header\" = \"\"` under `[columns]`";
        Err(Error::several(wrong.into_iter().map(|error| error.with_hint(hint)).collect()))
    }

    /// Refuses a file in which no row can land.
    pub(super) fn refuse_missing(&self, columns: &[Assigned]) -> Result<()> {
        let is_there = |spec: &FieldSpec| {
            self.map.is_some_and(|map| map.constants.contains_key(spec.name))
                || columns.iter().any(|column| column.delivers(spec.name))
        };
        let unknown: Vec<&str> = columns
            .iter()
            .zip(self.headers)
            .filter(|(column, header)| column.how == HowKnown::Unknown && !header.is_empty())
            .map(|(_, header)| header.as_str())
            .collect();
        let hint = if unknown.is_empty() {
            "export the file with that column".to_owned()
        } else {
            let shown: Vec<String> =
                unknown.iter().take(10).map(|header| format!("`{}`", shortened(header))).collect();
            format!(
                "columns that nobody knows: {}; say what they are in a mapping file with `--map`",
                shown.join(", ")
            )
        };
        let unused = self.map.map(|map| unused(map, self.headers)).unwrap_or_default();
        let mut wrong: Vec<Error> = Vec::new();
        for spec in self.kind.fields().iter().filter(|spec| spec.required && !is_there(spec)) {
            let near =
                unknown.iter().find_map(|header| suggest(header, [spec.name]).map(|_| header));
            let near = near.map(|header| format!("is it `{header}`?"));
            wrong.push(
                MISSING_COLUMN
                    .error(format!("no column is `{}`, which every record needs", spec.name))
                    .with_field(spec.name)
                    .with_hints(unused.clone())
                    .with_hints(near)
                    .with_hint(&hint),
            );
        }
        let keys: Vec<&FieldSpec> = self.kind.fields().iter().filter(|spec| spec.key).collect();
        if !keys.is_empty() && !keys.iter().any(|spec| is_there(spec)) {
            let names: Vec<String> = keys.iter().map(|spec| format!("`{}`", spec.name)).collect();
            wrong.push(
                MISSING_COLUMN
                    .error(format!(
                        "no column says whom or what a row is about: one of {}",
                        names.join(", ")
                    ))
                    .with_hints(unused)
                    .with_hint(&hint),
            );
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::several(wrong)) }
    }
}

impl Assigned {
    fn delivers(&self, name: &str) -> bool {
        let several = self.split.iter().flat_map(|(_, fields)| fields);
        self.field
            .iter()
            .chain(several)
            .any(|field| matches!(field, Field::Known(spec) if spec.name == name))
    }
}

/// What yes means under a header that says the opposite of active.
fn inverted(header: &str) -> &'static str {
    let folded = fold(header);
    if folded.contains("suspend") || folded.contains("gesperrt") { "suspended" } else { "inactive" }
}

/// The name of the attribute that a column becomes: `Cost Centre` is `cost_centre`.
pub(super) fn attribute_key(header: &str) -> String {
    let words =
        header.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}
