//! A report that was asked and answered, before it is written in any format.

use std::borrow::Cow;

use lms_core::{Day, TimeZoneName, Timestamp};
use serde::ser::{SerializeMap, SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::report::Params;
use crate::table::Table;
use crate::tone::Tone;
use crate::words::Words;

/// The answer of a report: figures, charts, tables and where all of it comes from.
///
/// It is written by [`Document::save`] and [`Document::write`].
#[derive(Debug, Serialize)]
pub struct Document {
    /// What it is called in commands, routes and files.
    #[serde(rename = "report")]
    pub(crate) name: Cow<'static, str>,
    pub(crate) title: Words,
    pub(crate) language: Language,
    pub(crate) organisation: String,
    pub(crate) timezone: TimeZoneName,
    /// The instant at which the data were looked at: nothing that was recorded later is in it.
    pub(crate) as_of: Timestamp,
    /// The day that is told of, where it is one.
    pub(crate) day: Option<Day>,
    pub(crate) asked_by: String,
    pub(crate) data_revision: Revision,
    /// What was asked; with it the report can be computed again.
    #[serde(rename = "filters")]
    pub(crate) params: Params,
    /// What was asked, in words: the period, the audience.
    #[serde(skip)]
    pub(crate) filters: Vec<Fact>,
    pub(crate) notes: Vec<Words>,
    pub(crate) figures: Vec<Figure>,
    #[serde(skip)]
    pub(crate) charts: Vec<Chart>,
    /// The first is the main one.
    #[serde(serialize_with = "by_key")]
    pub(crate) tables: Vec<Table>,
    #[serde(serialize_with = "by_label")]
    pub(crate) provenance: Vec<Fact>,
}

/// Which state of the data: the entry of the audit chain that it ends with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Revision {
    pub(crate) seq: i64,
    pub(crate) hash: String,
}

/// A figure with what it means.
#[derive(Debug)]
pub struct Figure {
    pub(crate) key: &'static str,
    pub(crate) label: Words,
    pub(crate) value: Value,
    pub(crate) definition: Words,
    /// It tells how things are, and nobody can say any more how they were.
    pub(crate) is_of_the_moment: bool,
}

/// What a figure can be.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// How many.
    Count(i64),
    /// A number with one digit behind the point.
    Decimal(Option<f64>),
    /// An amount of money, with two digits behind the point.
    Money(f64),
    /// A part of a whole; nobody can tell the part of nothing.
    Share {
        /// How many of them.
        numerator: i64,
        /// Of how many.
        denominator: i64,
    },
    /// When.
    Instant(Option<Timestamp>),
    /// On which day.
    Day(Option<Day>),
    /// A word of the domain that says whether all is well.
    Status(&'static str),
}

/// A chart over columns of a table.
#[derive(Debug)]
pub struct Chart {
    pub(crate) kind: ChartKind,
    pub(crate) title: Words,
    /// The key of the table.
    pub(crate) table: Cow<'static, str>,
    /// The column that says what each row is; for [`ChartKind::Scatter`] the values across.
    pub(crate) categories: usize,
    pub(crate) series: Vec<Series>,
    pub(crate) across: Option<Words>,
    pub(crate) up: Option<Words>,
}

/// What is drawn, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// Bars that lie, one under the other; the first row on top.
    Bar,
    /// Lying bars of parts that make a whole.
    StackedBar,
    /// Columns side by side.
    Column,
    /// Columns of parts that make a whole.
    StackedColumn,
    /// A line through the values.
    Line,
    /// Areas, one upon the other.
    Area,
    /// Columns, and the last series as a line over them with an axis of its own.
    LineOverColumns,
    /// A dot for each row.
    Scatter,
    /// Stacked columns of which the first series is the empty space below the others.
    Waterfall,
}

/// A column of values in a chart.
#[derive(Debug)]
pub struct Series {
    pub(crate) column: usize,
    /// What its colour says; without one, colours tell series apart.
    pub(crate) tone: Option<Tone>,
}

/// Something that is to be known about the report itself.
#[derive(Debug)]
pub struct Fact {
    pub(crate) label: Words,
    pub(crate) text: Words,
    /// It tells how things are, and nobody can say any more how they were.
    pub(crate) is_of_the_moment: bool,
}

impl Document {
    /// What the report is called in commands, routes and files.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows its main table has.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.main_table().n_rows()
    }

    /// What a reader has to know first, a sentence each: nothing was found, something does not
    /// hold.
    pub fn notes(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.notes.iter().map(Words::text)
    }

    /// Says all that is ours in a language, and returns what has no words in it and stays English.
    /// What the data say is not touched.
    pub fn say_in(&mut self, language: Language) -> Vec<&'static str> {
        self.language = language;
        let mut unsaid = Vec::new();
        let figures = self.figures.iter_mut().flat_map(|one| [&mut one.label, &mut one.definition]);
        let facts = self.filters.iter_mut().chain(&mut self.provenance);
        let facts = facts.flat_map(|fact| [&mut fact.label, &mut fact.text]);
        let charts = self.charts.iter_mut().flat_map(|chart| {
            [Some(&mut chart.title), chart.across.as_mut(), chart.up.as_mut()].into_iter().flatten()
        });
        let tables = self.tables.iter_mut().flat_map(Table::words_mut);
        let ours = std::iter::once(&mut self.title).chain(&mut self.notes);
        for words in ours.chain(figures).chain(facts).chain(charts).chain(tables) {
            words.say_in(language, &mut unsaid);
        }
        unsaid
    }

    /// As of when: the day that is told of, or the instant in the organisation's time zone.
    pub(crate) fn as_of_in_words(&self) -> String {
        self.day.map_or_else(|| self.instant_in_words(), |day| day.to_string())
    }

    /// When the data were looked at, in the organisation's time zone.
    pub(crate) fn instant_in_words(&self) -> String {
        let local = self.as_of.inner().to_zoned(self.timezone.zone());
        format!("{} ({})", local.strftime("%Y-%m-%d %H:%M:%S"), self.timezone)
    }

    /// How percentages are told, where there are any among the figures.
    pub(crate) fn remark(&self) -> Option<&'static str> {
        let has_shares = self.figures.iter().any(|one| matches!(one.value, Value::Share { .. }));
        let remark = "Percentages are rounded down to a tenth of a percent, so that 100 % means all of them.";
        has_shares.then(|| self.language.say(remark))
    }

    /// The table with this key.
    pub(crate) fn table_of(&self, key: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.key == key)
    }

    pub(crate) fn main_table(&self) -> &Table {
        self.tables.first().expect("every report has a main table")
    }

    /// The charts that have something to show, with their tables.
    pub(crate) fn charts(&self) -> impl Iterator<Item = (&Chart, &Table)> {
        self.charts.iter().filter_map(|chart| {
            let table = self.tables.iter().find(|table| table.key == chart.table)?;
            (table.n_rows() > 0).then_some((chart, table))
        })
    }
}

impl Chart {
    /// A chart of a table: what each row is, and the columns that are drawn.
    #[must_use]
    pub fn new(
        kind: ChartKind,
        title: impl Into<Words>,
        table: impl Into<Cow<'static, str>>,
        categories: usize,
        series: impl IntoIterator<Item = Series>,
    ) -> Self {
        Self {
            kind,
            title: title.into(),
            table: table.into(),
            categories,
            series: series.into_iter().collect(),
            across: None,
            up: None,
        }
    }

    /// What the axes show: the one from left to right, and the one upwards.
    #[must_use]
    pub fn axes(mut self, across: impl Into<Words>, up: impl Into<Words>) -> Self {
        self.across = Some(across.into());
        self.up = Some(up.into());
        self
    }

    /// Where the axis of values begins: at nothing, but for a waterfall whose steps are small beside what
    /// they lead from and to: nobody would see them.
    pub(crate) fn foot(&self, table: &Table) -> f64 {
        if self.kind != ChartKind::Waterfall {
            return 0.0;
        }
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for row in 0..self.n_rows(table) {
            let values: Vec<f64> = self
                .series
                .iter()
                .map(|series| table.cell(row, series.column).number().unwrap_or_default())
                .collect();
            let total: f64 = values.iter().sum();
            let below = values.first().copied().filter(|below| *below > 0.0);
            low = low.min(below.unwrap_or(total));
            high = high.max(total);
        }
        let span = high - low;
        if span <= 0.0 || span * 3.0 >= high {
            return 0.0;
        }
        let step = 10_f64.powf(span.log10().floor());
        (((low - span / 2.0) / step).floor() * step).max(0.0)
    }

    /// How many rows of its table it shows: no more than somebody can tell apart.
    pub(crate) fn n_rows(&self, table: &Table) -> usize {
        let most = match self.kind {
            ChartKind::Bar | ChartKind::StackedBar => 30,
            ChartKind::Scatter => 5_000,
            _ => 120,
        };
        table.n_rows().min(most)
    }
}

impl Series {
    /// The values of a column.
    #[must_use]
    pub fn new(column: usize) -> Self {
        Self { column, tone: None }
    }

    /// Says what its colour means.
    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

impl Fact {
    /// A fact with its label.
    #[must_use]
    pub fn new(label: impl Into<Words>, text: impl Into<Words>) -> Self {
        Self { label: label.into(), text: text.into(), is_of_the_moment: false }
    }

    /// Says that it cannot be computed again once something has changed.
    #[must_use]
    pub fn of_the_moment(mut self) -> Self {
        self.is_of_the_moment = true;
        self
    }
}

impl Figure {
    /// A figure: its name for programs and for people, and what it means.
    #[must_use]
    pub fn new(
        key: &'static str,
        label: impl Into<Words>,
        value: Value,
        definition: impl Into<Words>,
    ) -> Self {
        let (label, definition) = (label.into(), definition.into());
        Self { key, label, value, definition, is_of_the_moment: false }
    }

    /// Says that it cannot be computed again once something has changed.
    #[must_use]
    pub fn of_the_moment(mut self) -> Self {
        self.is_of_the_moment = true;
        self
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut figure = out.serialize_struct("Figure", 5)?;
        figure.serialize_field("key", self.key)?;
        match self.value {
            Value::Count(count) => figure.serialize_field("value", &count)?,
            Value::Decimal(number) => figure.serialize_field("value", &number)?,
            Value::Money(amount) => figure.serialize_field("value", &amount)?,
            Value::Instant(instant) => figure.serialize_field("value", &instant)?,
            Value::Day(day) => figure.serialize_field("value", &day)?,
            Value::Status(word) => figure.serialize_field("value", word)?,
            Value::Share { numerator, denominator } => {
                figure.serialize_field("numerator", &numerator)?;
                figure.serialize_field("denominator", &denominator)?;
            }
        }
        figure.serialize_field("label", &self.label)?;
        figure.serialize_field("definition", &self.definition)?;
        figure.end()
    }
}

fn by_key<S: Serializer>(tables: &[Table], out: S) -> Result<S::Ok, S::Error> {
    let mut map = out.serialize_map(Some(tables.len()))?;
    for table in tables {
        map.serialize_entry(&table.key, table)?;
    }
    map.end()
}

fn by_label<S: Serializer>(facts: &[Fact], out: S) -> Result<S::Ok, S::Error> {
    let mut map = out.serialize_map(Some(facts.len()))?;
    for fact in facts {
        map.serialize_entry(&fact.label, &fact.text)?;
    }
    map.end()
}
