//! Departments, locations and job roles: lists of named units. Departments form a tree with heads
//! and deputies, all of it since a day.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use uuid::Uuid;

use super::sql::{self, UnitPeriodRow, UnitRow};
use super::timeline::Period;
use super::{PersonId, UNIT_AMBIGUOUS, UNIT_CLOSED, UNKNOWN_UNIT, UnitId};
use crate::kernel::clock::Timestamp;
use crate::kernel::core::Core;
use crate::kernel::db::{Assembly, Tx};
use crate::kernel::error::{Error, Result};
use crate::kernel::fold::fold;
use crate::kernel::suggest::suggest;
use crate::kernel::text::Day;

/// What a unit is.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A node of the organisation tree.
    Department,
    /// Where people work.
    Location,
    /// What people do.
    JobRole,
}

impl UnitKind {
    /// The name in tables and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Location => "location",
            Self::JobRole => "job_role",
        }
    }

    /// The name for people.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Location => "location",
            Self::JobRole => "job role",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "department" => Ok(Self::Department),
            "location" => Ok(Self::Location),
            "job_role" => Ok(Self::JobRole),
            other => Err(Error::inconsistent("units.kind", format!("`{other}`"))),
        }
    }
}

/// A department, location or job role, as of a day.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// What it is.
    pub kind: UnitKind,
    /// The short name that people type; unique within the kind without regard to case.
    pub code: String,
    /// The name.
    pub name: String,
    /// The code of the department above.
    pub parent: Option<String>,
    /// Who leads it.
    pub head: Option<PersonId>,
    /// Who leads it while the head is away.
    pub deputy: Option<PersonId>,
    /// Whether it is there on that day.
    pub open: bool,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// What holds of a unit for a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UnitFields {
    pub(crate) parent: Option<Uuid>,
    pub(crate) head: Option<Uuid>,
    pub(crate) deputy: Option<Uuid>,
}

/// Periods with the ids of their rows.
pub(super) type StoredPeriods = Vec<(Uuid, Period<UnitFields>)>;

/// All units of the organisation with their periods. There are few thousands of them at most, so
/// that whoever needs one loads them all.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "they are the units; the others are ways to them")]
pub(crate) struct Units {
    pub(super) units: Vec<(UnitRow, StoredPeriods)>,
    pub(super) by_id: HashMap<Uuid, usize>,
    /// The place of a unit by kind and code: a hundred thousand people name theirs.
    by_code: HashMap<(UnitKind, String), usize>,
}

impl Units {
    /// As far as is believed now.
    pub(crate) async fn load(tx: &mut Tx) -> Result<Self> {
        Self::load_as_known(tx, None).await
    }

    /// As far as was believed at an instant; the names are those of today.
    pub(crate) async fn load_as_known(tx: &mut Tx, known_at: Option<Timestamp>) -> Result<Self> {
        let rows: Vec<UnitRow> = tx.sql(&sql::UNITS).all().await?;
        let periods: Vec<UnitPeriodRow> = match known_at {
            None => tx.sql(&sql::UNIT_PERIODS).all().await?,
            Some(instant) => tx.sql(&sql::UNIT_PERIODS_KNOWN).bind(instant).all().await?,
        };
        Self::of(rows, periods)
    }

    /// Those of some kinds, and of departments what holds on one day: enough to know them by name,
    /// and what lies below them on that day.
    pub(crate) async fn load_on(
        tx: &mut Tx,
        kinds: &[UnitKind],
        day: Day,
        known_at: Option<Timestamp>,
    ) -> Result<Self> {
        let kind_names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let rows: Vec<UnitRow> = Assembly::new(
            "SELECT id, kind, code, code_key, name, name_key, updated_at FROM units
             WHERE kind IN (texts?) ORDER BY kind, code_key",
        )
        .bind_texts(&kind_names)
        .on(tx)
        .all()
        .await?;
        let periods: Vec<UnitPeriodRow> = if kinds.contains(&UnitKind::Department) {
            let periods = Assembly::new(
                "SELECT id, unit_id, valid_from, valid_until, parent_id, head_id, deputy_id
                 FROM unit_periods WHERE valid_from <= ?",
            )
            .bind(day)
            .push("AND (valid_until > ? OR valid_until IS NULL)")
            .bind(day);
            let periods = match known_at {
                None => periods.push("AND retracted_at IS NULL"),
                Some(instant) => periods
                    .push("AND recorded_at <= ?")
                    .bind(instant)
                    .push("AND (retracted_at > ? OR retracted_at IS NULL)")
                    .bind(instant),
            };
            periods.on(tx).all().await?
        } else {
            Vec::new()
        };
        Self::of(rows, periods)
    }

    fn of(rows: Vec<UnitRow>, periods: Vec<UnitPeriodRow>) -> Result<Self> {
        let by_id: HashMap<Uuid, usize> =
            rows.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
        let mut units: Vec<_> = rows.into_iter().map(|row| (row, Vec::new())).collect();
        for row in periods {
            let fields =
                UnitFields { parent: row.parent_id, head: row.head_id, deputy: row.deputy_id };
            let period = Period { from: row.valid_from, until: row.valid_until, fields };
            if let Some(at) = by_id.get(&row.unit_id) {
                units[*at].1.push((row.id, period));
            }
        }
        let mut by_code = HashMap::with_capacity(units.len());
        for (at, (row, _)) in units.iter().enumerate() {
            by_code.insert((UnitKind::parse(&row.kind)?, row.code_key.clone()), at);
        }
        Ok(Self { units, by_id, by_code })
    }

    /// The units of a kind with code or name that a test lets pass; closed ones too.
    pub(super) fn matching(&self, kind: UnitKind, test: impl Fn(&str) -> bool) -> Vec<Uuid> {
        self.units
            .iter()
            .map(|(row, _)| row)
            .filter(|row| row.kind == kind.as_str() && (test(&row.code_key) || test(&row.name_key)))
            .map(|row| row.id)
            .collect()
    }

    pub(crate) fn code(&self, id: Uuid) -> Option<&str> {
        self.by_id.get(&id).map(|at| self.units[*at].0.code.as_str())
    }

    /// A unit as it stands in its table.
    pub(super) fn row(&self, id: Uuid) -> Option<&UnitRow> {
        self.by_id.get(&id).map(|at| &self.units[*at].0)
    }

    pub(super) fn periods(&self, id: Uuid) -> &[(Uuid, Period<UnitFields>)] {
        self.by_id.get(&id).map(|at| self.units[*at].1.as_slice()).unwrap_or_default()
    }

    /// Another state of a unit, to look at before it is written.
    pub(super) fn replace(&mut self, id: Uuid, row: UnitRow, periods: &[Period<UnitFields>]) {
        if let Some(at) = self.by_id.get(&id) {
            let periods = periods.iter().map(|period| (Uuid::nil(), period.clone())).collect();
            self.units[*at] = (row, periods);
        }
    }

    /// One more unit, to look at before it is written.
    pub(super) fn add(&mut self, row: UnitRow, periods: StoredPeriods) {
        self.by_id.insert(row.id, self.units.len());
        self.units.push((row, periods));
    }

    fn fields_on(&self, id: Uuid, day: Day) -> Option<&UnitFields> {
        let (_, periods) = &self.units[*self.by_id.get(&id)?];
        periods.iter().find(|(_, period)| period.covers(day)).map(|(_, period)| &period.fields)
    }

    /// A unit by code, by name or by id; closed ones too.
    pub(crate) fn find(&self, kind: UnitKind, text: &str) -> Result<Uuid> {
        let key = fold(text);
        let known = self.by_code.get(&(kind, key.clone())).map(|at| &self.units[*at].0);
        if let Some(row) = known.filter(|row| row.code_key == key && !row.is_hidden()) {
            return Ok(row.id);
        }
        let of_kind = || {
            let rows = self.units.iter().map(|(row, _)| row);
            rows.filter(|row| row.kind == kind.as_str() && !row.is_hidden())
        };
        let id: Option<Uuid> = key.parse().ok();
        if let Some(row) = of_kind().find(|row| row.code_key == key || Some(row.id) == id) {
            return Ok(row.id);
        }
        let named: Vec<&UnitRow> = of_kind().filter(|row| row.name_key == key).collect();
        match named.as_slice() {
            [row] => Ok(row.id),
            [] => {
                let known: Vec<&str> =
                    of_kind().flat_map(|row| [row.code.as_str(), row.name.as_str()]).collect();
                Err(UNKNOWN_UNIT
                    .error(format!("there is no {} `{}`", kind.noun(), text.trim()))
                    .with_field(kind.as_str())
                    .with_hints(suggest(text, known))
                    .with_hint(format!(
                        "`lmsctl {} list` shows all",
                        kind.noun().replace(' ', "-")
                    )))
            }
            several => {
                let codes: Vec<&str> = several.iter().map(|row| row.code.as_str()).collect();
                Err(UNIT_AMBIGUOUS
                    .error(format!("several have the name `{}`: {}", text.trim(), codes.join(", ")))
                    .with_field(kind.as_str())
                    .with_hint("name one by its code"))
            }
        }
    }

    /// As [`find`](Self::find), of those that are there on a day.
    pub(crate) fn find_open(&self, kind: UnitKind, text: &str, day: Day) -> Result<Uuid> {
        let id = self.find(kind, text)?;
        if self.fields_on(id, day).is_some() {
            return Ok(id);
        }
        Err(UNIT_CLOSED
            .error(format!("the {} `{}` is not there on {day}", kind.noun(), text.trim()))
            .with_field(kind.as_str())
            .with_hint("name one that is, or another day"))
    }

    /// Departments and all below them on a day, each once.
    pub(crate) fn subtrees(&self, departments: Vec<Uuid>, day: Day) -> Vec<Uuid> {
        let mut below: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (row, _) in &self.units {
            if let Some(parent) = self.fields_on(row.id, day).and_then(|fields| fields.parent) {
                below.entry(parent).or_default().push(row.id);
            }
        }
        let mut seen: HashSet<Uuid> = departments.iter().copied().collect();
        let mut found = departments;
        let mut next = 0;
        while let Some(id) = found.get(next) {
            next += 1;
            let children = below.get(id).map(Vec::as_slice).unwrap_or_default();
            found.extend(children.iter().filter(|child| seen.insert(**child)));
        }
        found
    }

    /// Whether a unit is there on each day from one on and before another.
    pub(super) fn is_open_throughout(&self, id: Uuid, from: Day, until: Option<Day>) -> bool {
        let Some(at) = self.by_id.get(&id) else { return false };
        let mut day = from;
        while let Some((_, period)) = self.units[*at].1.iter().find(|(_, of)| of.covers(day)) {
            match period.until {
                Some(end) if until.is_none_or(|until| end < until) => day = end,
                _ => return true,
            }
        }
        false
    }

    /// The departments that a person leads on a day, as head or deputy, and all below them.
    pub(crate) fn led_by(&self, person: Uuid, day: Day) -> HashSet<Uuid> {
        let leads =
            |fields: &UnitFields| fields.head == Some(person) || fields.deputy == Some(person);
        let led = self.units.iter().map(|(row, _)| row.id);
        let led = led.filter(|id| self.fields_on(*id, day).is_some_and(leads));
        self.subtrees(led.collect(), day).into_iter().collect()
    }

    /// The way up from a department to the top, itself first; it stops where it comes round.
    pub(crate) fn way_up(&self, department: Uuid, day: Day) -> Vec<Uuid> {
        let mut way = vec![department];
        while let Some(parent) =
            way.last().and_then(|id| self.fields_on(*id, day)).and_then(|fields| fields.parent)
        {
            let comes_round = way.contains(&parent);
            way.push(parent);
            if comes_round {
                break;
            }
        }
        way
    }

    fn unit(&self, at: usize, day: Day) -> Result<Unit> {
        let (row, _) = &self.units[at];
        let fields = self.fields_on(row.id, day);
        Ok(Unit {
            id: UnitId::new(row.id),
            kind: UnitKind::parse(&row.kind)?,
            code: row.code.clone(),
            name: row.name.clone(),
            parent: fields
                .and_then(|fields| fields.parent)
                .and_then(|id| self.code(id))
                .map(str::to_owned),
            head: fields.and_then(|fields| fields.head).map(PersonId::new),
            deputy: fields.and_then(|fields| fields.deputy).map(PersonId::new),
            open: fields.is_some(),
            updated_at: row.updated_at,
        })
    }

    pub(super) fn get(&self, id: Uuid, day: Day) -> Result<Unit> {
        let at = self.by_id.get(&id).ok_or_else(|| Error::internal("a unit is gone"))?;
        self.unit(*at, day)
    }
}

/// The units of a kind as of a day: departments as a tree, each before those below it; others by
/// code. Closed ones only where they are asked for.
pub(super) async fn list(core: &Core, kind: UnitKind, day: Day, closed: bool) -> Result<Vec<Unit>> {
    let units = Units::load(&mut core.db().begin_read().await?).await?;
    listed(&units, kind, day, closed)
}

/// As [`list`], of units that are loaded.
pub(crate) fn listed(units: &Units, kind: UnitKind, day: Day, closed: bool) -> Result<Vec<Unit>> {
    let shown = (0..units.units.len()).filter(|at| !units.units[*at].0.is_hidden());
    let all = shown.map(|at| units.unit(at, day)).collect::<Result<Vec<_>>>()?;
    let mut listed: Vec<Unit> =
        all.into_iter().filter(|unit| unit.kind == kind && (closed || unit.open)).collect();
    let path = |unit: &Unit| -> Vec<String> {
        let way = units.way_up(unit.id.uuid(), day);
        way.iter().rev().map(|id| units.code(*id).unwrap_or_default().to_lowercase()).collect()
    };
    listed.sort_by_cached_key(path);
    Ok(listed)
}

pub(super) async fn show(core: &Core, kind: UnitKind, text: &str, day: Day) -> Result<Unit> {
    let units = Units::load(&mut core.db().begin_read().await?).await?;
    units.get(units.find(kind, text)?, day)
}
