//! Everything as of one day, for systems that compute elsewhere: people, trainings and units, and what there
//! is about people, a Parquet file each.
//!
//! Files lie as `people/day=2026-03-31/people.parquet`, which Spark, Trino, ClickHouse and DuckDB read as one
//! table of all days. Whatever is exported again for a day takes the place of what was there. A note of the
//! export is written last, so that a reader who waits for it never meets half of one.

use lms_core::{
    Actor, Day, FactsQuery, Lms, ObligationColumns, PeopleFacts, Result, Timestamp,
    TrainingColumns, UnitColumns, WarehouseFacts,
};
use serde::Serialize;

use crate::asked::day;
use crate::table::{Cell, Column, Kind, Table, to_json};
use crate::write::parquet;

/// What is exported of one day.
#[derive(Debug)]
pub struct Warehouse {
    tables: Vec<WarehouseTable>,
    note: Note,
}

/// A table of an export.
#[derive(Debug)]
pub struct WarehouseTable {
    name: String,
    table: Table,
    about: Vec<(&'static str, String)>,
}

/// What an export was of.
#[derive(Debug, Clone, Serialize)]
struct Note {
    organisation: String,
    day: Day,
    known_at: Option<Timestamp>,
    taken_at: Timestamp,
    /// The last entry of the audit chain that was seen.
    audit_entry: i64,
    audit_hash: String,
    made_by: &'static str,
    tables: Vec<NotedTable>,
}

#[derive(Debug, Clone, Serialize)]
struct NotedTable {
    file: String,
    rows: usize,
}

impl Warehouse {
    /// Reads all of it in one transaction: as of a day, today unless said, and as known at an instant.
    pub async fn read(
        lms: &Lms,
        actor: &Actor,
        as_of: Option<Day>,
        known_at: Option<Timestamp>,
    ) -> Result<Self> {
        let query = FactsQuery::new().as_of(as_of).known_at(known_at);
        let facts = lms.analytics().warehouse(actor, query).await?;
        Ok(Self::of(&facts))
    }

    fn of(facts: &WarehouseFacts) -> Self {
        let origin = &facts.people.origin;
        let tables = [
            people(&facts.people),
            trainings(&facts.trainings),
            units(&facts.people.units),
            obligations(facts),
            completions(facts),
            exemptions(facts),
        ];
        let about = vec![
            ("organisation", origin.organisation.clone()),
            ("as_of", origin.as_of.to_string()),
            ("taken_at", origin.taken_at.to_string()),
            ("audit_entry", origin.head.seq.to_string()),
            ("audit_hash", origin.head.hash.clone()),
        ];
        let tables: Vec<WarehouseTable> = tables
            .into_iter()
            .map(|table| WarehouseTable {
                name: format!("{0}/day={1}/{0}.parquet", table.key, origin.as_of),
                table,
                about: about.clone(),
            })
            .collect();
        let noted = tables
            .iter()
            .map(|one| NotedTable { file: one.name.clone(), rows: one.row_count() })
            .collect();
        Self {
            tables,
            note: Note {
                organisation: origin.organisation.clone(),
                day: origin.as_of,
                known_at: origin.known_at,
                taken_at: origin.taken_at,
                audit_entry: origin.head.seq,
                audit_hash: origin.head.hash.clone(),
                made_by: concat!("lms-reports ", env!("CARGO_PKG_VERSION")),
                tables: noted,
            },
        }
    }

    /// The day that it is of.
    #[must_use]
    pub fn day(&self) -> Day {
        self.note.day
    }

    /// The tables, and the note to write when all of them are written: its name and what it says.
    #[must_use]
    pub fn into_parts(self) -> (Vec<WarehouseTable>, (String, Vec<u8>)) {
        // Those who look for tables leave out what begins with an underscore.
        let name = format!("_exports/day={}.json", self.note.day);
        (self.tables, (name, to_json(&self.note).into_bytes()))
    }
}

impl WarehouseTable {
    /// What its file is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows it has.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.table.n_rows()
    }

    /// Its file.
    pub fn to_parquet(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        parquet::write(&self.table, &self.about, &mut bytes)?;
        Ok(bytes)
    }
}

/// A table for programs: what its columns are called is all that anybody is told of them.
fn table(key: &'static str, columns: &[(&'static str, Kind)]) -> Table {
    let columns = columns.iter().map(|(name, kind)| Column::new(*name, *name, *kind, 20));
    Table::new(key, key, "", columns.collect::<Vec<_>>())
}

fn people(facts: &PeopleFacts) -> Table {
    let mut table = table(
        "people",
        &[
            ("person_id", Kind::Id),
            ("employee_number", Kind::Text),
            ("name", Kind::Text),
            ("email", Kind::Text),
            ("status", Kind::Status),
            ("hired_on", Kind::Day),
            ("department_id", Kind::Id),
            ("location_id", Kind::Id),
            ("job_role_id", Kind::Id),
            ("job_title", Kind::Text),
            ("country", Kind::Text),
            ("employment_type", Kind::Text),
            ("manager_id", Kind::Id),
        ],
    );
    let (people, units) = (&facts.people, &facts.units);
    let unit = |place: Option<u32>| place.map(|place| units.id[place as usize].to_string());
    for at in 0..people.len() {
        let id = people.id[at].to_string();
        let [department, location, job_role] =
            [&people.department, &people.location, &people.job_role].map(|of| unit(of[at]));
        let manager = people.manager[at].map(|id| id.to_string());
        table.push([
            Cell::Text(&id),
            people.employee_number[at].as_deref().into(),
            Cell::Text(&people.name[at]),
            facts.email[at].as_deref().into(),
            Cell::Text(people.status[at].as_str()),
            day(people.hired_on[at]),
            department.as_deref().into(),
            location.as_deref().into(),
            job_role.as_deref().into(),
            facts.job_title[at].as_deref().into(),
            facts.country[at].as_deref().into(),
            facts.employment_type[at].as_deref().into(),
            manager.as_deref().into(),
        ]);
    }
    table
}

fn trainings(trainings: &TrainingColumns) -> Table {
    let mut table = table(
        "trainings",
        &[("training_id", Kind::Id), ("code", Kind::Text), ("title", Kind::Text)],
    );
    for (at, id) in trainings.id.iter().enumerate() {
        let id = id.to_string();
        table.push([
            Cell::Text(&id),
            Cell::Text(&trainings.code[at]),
            Cell::Text(&trainings.title[at]),
        ]);
    }
    table
}

fn units(units: &UnitColumns) -> Table {
    let mut table = table(
        "units",
        &[
            ("unit_id", Kind::Id),
            ("kind", Kind::Status),
            ("code", Kind::Text),
            ("name", Kind::Text),
            ("parent_id", Kind::Id),
            ("depth", Kind::Integer),
        ],
    );
    // They stand as a tree, each before those below it.
    let mut way_down: Vec<String> = Vec::new();
    for (at, id) in units.id.iter().enumerate() {
        let id = id.to_string();
        let depth = units.depth[at] as usize;
        way_down.truncate(depth);
        table.push([
            Cell::Text(&id),
            Cell::Text(units.kind[at].as_str()),
            Cell::Text(&units.code[at]),
            Cell::Text(&units.name[at]),
            way_down.last().map(String::as_str).into(),
            Cell::Integer(i64::from(units.depth[at])),
        ]);
        way_down.push(id);
    }
    table
}

/// The ids of people and trainings, as texts that many rows share.
struct Ids {
    people: Vec<String>,
    trainings: Vec<String>,
}

impl Ids {
    fn of(facts: &WarehouseFacts) -> Self {
        Self {
            people: facts.people.people.id.iter().map(ToString::to_string).collect(),
            trainings: facts.trainings.id.iter().map(ToString::to_string).collect(),
        }
    }

    fn cells(&self, person: u32, training: u32) -> [Cell<'_>; 2] {
        let (person, training) =
            (&self.people[person as usize], &self.trainings[training as usize]);
        [Cell::Text(person), Cell::Text(training)]
    }
}

fn obligations(facts: &WarehouseFacts) -> Table {
    let mut table = table(
        "obligations",
        &[
            ("person_id", Kind::Id),
            ("training_id", Kind::Id),
            ("cycle", Kind::Integer),
            ("kind", Kind::Status),
            ("status", Kind::Status),
            ("counted", Kind::Status),
            ("assigned_on", Kind::Day),
            ("started_on", Kind::Day),
            ("due_on", Kind::Day),
            ("completed_on", Kind::Day),
            ("expires_on", Kind::Day),
            ("window_on", Kind::Day),
            ("days_left", Kind::Integer),
        ],
    );
    let ids = Ids::of(facts);
    let all: &ObligationColumns = &facts.obligations;
    for at in 0..all.len() {
        let [person, training] = ids.cells(all.person[at], all.training[at]);
        table.push([
            person,
            training,
            Cell::Integer(i64::from(all.cycle[at])),
            Cell::Text(all.kind[at].as_str()),
            Cell::Text(all.status[at].as_str()),
            all.counted[at].map(lms_core::Counted::as_str).into(),
            Cell::Day(all.assigned_on[at]),
            day(all.started_on[at]),
            day(all.due_on[at]),
            day(all.completed_on[at]),
            day(all.expires_on[at]),
            day(all.window_on[at]),
            all.days_left[at].map(i64::from).into(),
        ]);
    }
    table
}

fn completions(facts: &WarehouseFacts) -> Table {
    let mut table = table(
        "completions",
        &[
            ("completion_id", Kind::Id),
            ("person_id", Kind::Id),
            ("training_id", Kind::Id),
            ("version", Kind::Text),
            ("completed_on", Kind::Day),
            ("source", Kind::Status),
            ("score_percent", Kind::Decimal),
            ("assigned_on", Kind::Day),
            ("due_on", Kind::Day),
            ("expires_on", Kind::Day),
            ("seconds", Kind::Integer),
            ("evidence", Kind::Text),
        ],
    );
    let ids = Ids::of(facts);
    let all = &facts.completions;
    for at in 0..all.len() {
        let [person, training] = ids.cells(all.person[at], all.training[at]);
        let id = all.id[at].to_string();
        let version = format!("{}.{}", all.version[at].0, all.version[at].1);
        #[expect(clippy::cast_precision_loss, reason = "a hundredth of a per cent is exact enough")]
        let score =
            all.score[at].map_or(Cell::Nothing, |score| Cell::Decimal(score as f64 / 100.0));
        table.push([
            Cell::Text(&id),
            person,
            training,
            Cell::Text(&version),
            Cell::Day(all.completed_on[at]),
            Cell::Text(all.source[at].as_str()),
            score,
            day(all.assigned_on[at]),
            day(all.due_on[at]),
            day(all.expires_on[at]),
            all.seconds[at].into(),
            all.evidence[at].as_deref().into(),
        ]);
    }
    table
}

fn exemptions(facts: &WarehouseFacts) -> Table {
    let mut table = table(
        "exemptions",
        &[
            ("person_id", Kind::Id),
            ("training_id", Kind::Id),
            ("from", Kind::Day),
            ("until", Kind::Day),
            ("reason", Kind::Text),
            ("approved_by", Kind::Text),
            ("evidence", Kind::Text),
        ],
    );
    let ids = Ids::of(facts);
    let all = &facts.exemptions;
    for at in 0..all.len() {
        let [person, training] = ids.cells(all.person[at], all.training[at]);
        table.push([
            person,
            training,
            Cell::Day(all.from[at]),
            day(all.until[at]),
            Cell::Text(&all.reason[at]),
            all.approved_by[at].as_deref().into(),
            all.evidence[at].as_deref().into(),
        ]);
    }
    table
}
