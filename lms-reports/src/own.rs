//! Reports that are not ours: a document over facts of the library, with tables of one's own.

use std::borrow::Cow;

use lms_core::{Actor, FactsOrigin};

use crate::asked::{Parts, frame};
use crate::document::{Chart, Document, Fact, Figure};
use crate::report::Params;
use crate::table::Table;
use crate::words::Words;

impl Document {
    /// Begins a report over what the library handed over: its name, its title, which state of the data it
    /// tells of, who asked, and its main table. It is written like any other.
    #[must_use]
    pub fn of(
        name: impl Into<String>,
        title: impl Into<Words>,
        origin: &FactsOrigin,
        actor: &Actor,
        main: Table,
    ) -> Self {
        let parts = Parts {
            notes: Vec::new(),
            figures: Vec::new(),
            charts: Vec::new(),
            tables: vec![main],
            population: "as the report says it".into(),
            period_from: None,
            provenance: Vec::new(),
        };
        frame(Cow::Owned(name.into()), title.into(), origin, &Params::new(), actor, parts)
    }

    /// Adds a figure to the first sheet.
    #[must_use]
    pub fn figure(mut self, figure: Figure) -> Self {
        self.figures.push(figure);
        self
    }

    /// Adds a table.
    #[must_use]
    pub fn table(mut self, table: Table) -> Self {
        self.tables.push(table);
        self
    }

    /// Adds a chart over one of its tables.
    #[must_use]
    pub fn chart(mut self, chart: Chart) -> Self {
        self.charts.push(chart);
        self
    }

    /// Adds what a reader has to know first.
    #[must_use]
    pub fn note(mut self, note: impl Into<Words>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds what is to be known about the report itself.
    #[must_use]
    pub fn fact(mut self, fact: Fact) -> Self {
        self.provenance.push(fact);
        self
    }
}
